namespace QuoTrading.Portal.Kernel;

/// <summary>
/// The store cannot commit the change now: the disk is full, read-only or failing, or another process has locked the database. Nothing
/// was changed; the caller should try again later. The message is for the log, never for a client.
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
