using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>All that the rules know about the sessions of one license. Immutable.</summary>
/// <param name="Live">Not ended; some may be stale.</param>
/// <param name="Resumable">Timed out, and their seat has not been taken since by a session that cannot share it.</param>
/// <param name="Marks">What administrators decided about its devices.</param>
internal sealed record LicenseSessions(ImmutableArray<LiveSession> Live, ImmutableArray<TimedOutSession> Resumable, ImmutableArray<DeviceMark> Marks)
{
    public static LicenseSessions Empty { get; } = new([], [], []);

    /// <summary>Signs of two places that ended sessions showed, kept for five minutes. In memory only.</summary>
    public ImmutableArray<PlaceTrace> Traces { get; init; } = [];

    public bool IsEmpty => Live.IsEmpty && Resumable.IsEmpty && Marks.IsEmpty && Traces.IsEmpty;

    public LiveSession? Find(string device)
    {
        foreach (var session in Live)
            if (string.Equals(session.Device, device, StringComparison.Ordinal)) return session;
        return null;
    }

    public LiveSession? Find(Guid sessionId)
    {
        foreach (var session in Live)
            if (session.SessionId == sessionId) return session;
        return null;
    }

    /// <summary>The device's mark of this kind; null if there is none or it has expired.</summary>
    public DeviceMark? Mark(string device, MarkKind kind, DateTime utcNow)
    {
        foreach (var mark in Marks)
            if (mark.Kind == kind && string.Equals(mark.Device, device, StringComparison.Ordinal) && mark.IsInForce(utcNow)) return mark;
        return null;
    }
}

/// <summary>An ended session that showed signs of two places.</summary>
/// <param name="EndedMs">Service time.</param>
internal sealed record PlaceTrace(LiveSession Session, long EndedMs);

/// <summary>A session that timed out and may be resumed by its device.</summary>
/// <param name="EndedMs">Service time.</param>
internal sealed record TimedOutSession(LiveSession Session, long EndedMs);
