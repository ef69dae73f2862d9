namespace QuoTrading.Portal;

/// <summary>The portal, or a command of it, cannot start. The message is one sentence for the operator, and all he gets.</summary>
public sealed class StartException(string message) : Exception(message);
