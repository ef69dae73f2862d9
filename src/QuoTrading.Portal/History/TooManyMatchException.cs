namespace QuoTrading.Portal.History;

/// <summary>More licenses or devices match what was typed than a list can be narrowed by. The message is fit for who typed it: it says what to do.</summary>
public sealed class TooManyMatchException(string message) : Exception(message);
