namespace QuoTrading.Portal.History;

/// <summary>
/// More licenses or devices match the typed text than can filter a list. The message is for display: it says what to do.
/// </summary>
public sealed class TooManyMatchException(string message) : Exception(message);
