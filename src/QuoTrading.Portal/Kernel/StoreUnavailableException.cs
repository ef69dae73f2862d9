namespace QuoTrading.Portal.Kernel;

/// <summary>
/// The store cannot take the change now: disk full, read-only or failing, database locked by another process. Nothing was
/// changed; trying again later is right. The message is for the log, never for a client.
/// </summary>
public class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string message) : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}
