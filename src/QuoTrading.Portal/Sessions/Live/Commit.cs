using System.Runtime.InteropServices;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>What one unit makes durable: all of it or nothing. Immutable; an <see cref="ISessionStore"/> writes it.</summary>
internal sealed record Commit
{
    /// <summary>When it was decided. After a restart the service clock continues from its service time.</summary>
    public required Instant Now { get; init; }

    /// <summary>What the commands changed, in the order in which they were decided.</summary>
    public IReadOnlyList<DecidedChange> Changes { get; init; } = [];

    /// <summary>Live sessions that were refreshed in memory. If <see cref="Changes"/> contains the same session, that is newer.</summary>
    public IReadOnlyList<LiveSession> Refreshed { get; init; } = [];

    /// <summary>What happened, in this order.</summary>
    public IReadOnlyList<EventEntry> Events { get; init; } = [];

    public IReadOnlyList<AuditEntry> Audit { get; init; } = [];

    /// <summary>Minutes that are over; if one is stored already, the higher peak counts.</summary>
    public IReadOnlyList<ConcurrentSessions> Minutes { get; init; } = [];

    /// <summary>The settings in force from now on; null if they do not change.</summary>
    public SessionSettings? Settings { get; init; }

    /// <summary>
    /// A license that is deleted: its history and events stay, those of this commit included, but without personal data; its marks and
    /// devices are deleted.
    /// </summary>
    public long? Anonymised { get; init; }
}

/// <summary>One change of a commit.</summary>
/// <param name="License">Null if it no longer exists.</param>
/// <param name="Command">The command of the unit that decided it, counted from 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecidedChange(SessionChange Change, LicenseSnapshot? License, int Command);

/// <summary>An event of a commit.</summary>
/// <param name="Event">If an existing row counts it, its count and last time are added to that row.</param>
/// <param name="Row">The id of the existing row that counts it, if that is still there; 0 if it gets a row of its own.</param>
internal sealed record EventEntry(SessionEvent Event, long Row);
