using System.Runtime.InteropServices;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>What one unit makes durable, all of it or nothing. Immutable; <see cref="ISessionStore"/> knows how it is written.</summary>
internal sealed record Commit
{
    /// <summary>When it was decided; its service time is where the service clock goes on after a restart.</summary>
    public required Instant Now { get; init; }

    /// <summary>What the commands changed, in the order in which they were decided.</summary>
    public IReadOnlyList<DecidedChange> Changes { get; init; } = [];

    /// <summary>Live sessions that were refreshed in memory. Where <see cref="Changes"/> say something of one, that is newer.</summary>
    public IReadOnlyList<LiveSession> Refreshed { get; init; } = [];

    /// <summary>What happened, in that order.</summary>
    public IReadOnlyList<EventEntry> Events { get; init; } = [];

    public IReadOnlyList<AuditEntry> Audit { get; init; } = [];

    /// <summary>Minutes that are over; of one that is stored already the higher peak counts.</summary>
    public IReadOnlyList<ConcurrentSessions> Minutes { get; init; } = [];

    /// <summary>The settings in force from now on; null where they stay.</summary>
    public SessionSettings? Settings { get; init; }

    /// <summary>
    /// A license that is deleted: its history and events stay, those of this commit included, without whom they happened to; its marks
    /// and devices go.
    /// </summary>
    public long? Anonymised { get; init; }
}

/// <summary>One change of a commit.</summary>
/// <param name="License">Null where it is not there any more.</param>
/// <param name="Command">Which of the unit's commands decided it, counted from 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecidedChange(SessionChange Change, LicenseSnapshot? License, int Command);

/// <summary>An event of a commit.</summary>
/// <param name="Event">Its count and last time are what is added where a row counts it along.</param>
/// <param name="Row">The number of the row that counts it along, if it is still there; 0 where it gets one of its own.</param>
internal sealed record EventEntry(SessionEvent Event, long Row);
