using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>All that the rules know of one license's sessions. Immutable.</summary>
/// <param name="Live">Not ended; some may be stale.</param>
/// <param name="Resumable">Timed out, and nobody else has held their seat since.</param>
/// <param name="Marks">What administrators said about its devices.</param>
internal sealed record LicenseSessions(ImmutableArray<LiveSession> Live, ImmutableArray<TimedOutSession> Resumable, ImmutableArray<DeviceMark> Marks)
{
    public static LicenseSessions Empty { get; } = new([], [], []);

    /// <summary>What ended sessions showed of two places, for some minutes. In memory only.</summary>
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

    /// <summary>The mark of this kind, or null; also where its time is over.</summary>
    public DeviceMark? Mark(string device, MarkKind kind, DateTime utcNow)
    {
        foreach (var mark in Marks)
            if (mark.Kind == kind && string.Equals(mark.Device, device, StringComparison.Ordinal) && mark.IsInForce(utcNow)) return mark;
        return null;
    }
}

/// <summary>A session that ended, and had shown that its device may be in two places.</summary>
/// <param name="EndedMs">Service time.</param>
internal sealed record PlaceTrace(LiveSession Session, long EndedMs);

/// <summary>A session that timed out and may go on when its device comes back.</summary>
/// <param name="EndedMs">Service time.</param>
internal sealed record TimedOutSession(LiveSession Session, long EndedMs);
