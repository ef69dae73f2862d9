namespace QuoTrading.Portal.Bench.History;

/// <summary>A session stream that the portal opened.</summary>
/// <param name="Opened">Its request; told that the device holds a session.</param>
public sealed record StreamRecord(Operation Opened)
{
    /// <summary>Taken before its client closes the connection; null where it did not.</summary>
    public TimeSpan? Dropped { get; init; }

    /// <summary>When the client saw that the server, or nobody, holds it any more; null where the client dropped it first.</summary>
    public TimeSpan? Gone { get; init; }

    /// <summary>When it said that the session has ended, and why; null where it did not.</summary>
    public (TimeSpan At, string Reason)? LoggedOut { get; init; }

    /// <summary>Longer than an open stream may be silent: from its last word until the next, or until it was over.</summary>
    public IReadOnlyList<(TimeSpan From, TimeSpan To)> Silences { get; init; } = [];

    public string Session => Opened.SessionId!;

    public override string ToString() =>
        $"stream of {Session[^6..]} from {Opened.Sent.TotalSeconds:F3}, dropped {Dropped?.TotalSeconds:F3}, gone {Gone?.TotalSeconds:F3}, told {LoggedOut?.Reason} {LoggedOut?.At.TotalSeconds:F3}";
}
