using System.Collections.Immutable;
using System.Runtime.InteropServices;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// The right of one device to use one license, until it ends. A row of the small table of live sessions; immutable, because the registry
/// keeps the same object in memory.
/// </summary>
/// <remarks>
/// Two unique indices enforce the rules: one session a device of a license, and one <see cref="SeatLead"/> a seat. A session that
/// joins a seat (docs/protocol.md, Symbol sessions) is not its lead.
/// </remarks>
public sealed record LiveSession
{
    /// <summary>UUIDv7; at the wire in lower case.</summary>
    public required Guid SessionId { get; init; }

    public required long LicenseId { get; init; }

    /// <summary>The device's fingerprint, as it was sent.</summary>
    public required string Device { get; init; }

    /// <summary>1 to the number of the license's seats.</summary>
    public required int Seat { get; init; }

    /// <summary>True for the one session that occupies the seat; false for those that joined it.</summary>
    public required bool SeatLead { get; init; }

    /// <summary>The address of the last message.</summary>
    public required string Address { get; init; }

    public string? Symbol { get; init; }

    public string? BotVersion { get; init; }

    /// <summary><c>online</c> or <c>idle</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The last metadata: the client's JSON object, as it was sent. Untrusted text.</summary>
    public string? Metadata { get; init; }

    public string? DeviceName { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>UTC, wall time: for people only. Ages count in <see cref="LastSeenMs"/>.</summary>
    public required DateTime LastSeenAt { get; init; }

    /// <summary>The last message, in milliseconds of service time.</summary>
    public required long LastSeenMs { get; init; }

    /// <summary>Milliseconds granted beyond the timeout after a gap; 0 before a gap, and again after the next message.</summary>
    public long CreditMs { get; init; }

    /// <summary>How often the session timed out and was resumed.</summary>
    public int Interruptions { get; init; }

    /// <summary>Milliseconds between the last two messages; 0 while there was only one. In memory only.</summary>
    public long IntervalMs { get; init; }

    /// <summary>The program that sent the last message; empty if it has no name, null if no program uses the session now.</summary>
    public string? App { get; init; }

    /// <summary>The other programs that use the session, until they are silent for the timeout.</summary>
    public ImmutableArray<SessionApp> OtherApps { get; init; } = [];

    /// <summary>
    /// The report of <see cref="App"/>, if another program was in the session as well. Null in nearly every session: one program alone sent
    /// all its values.
    /// </summary>
    public AppReport? Report { get; init; }

    /// <summary>The address of its last login or, if there was none, of its first message: the place where it began.</summary>
    public required string HomeAddress { get; init; }

    /// <summary>
    /// Since when it is apart, heard from another network than its seat's lead, in milliseconds of service time; null while it is not. In
    /// memory only.
    /// </summary>
    public long? ApartSinceMs { get; init; }

    /// <summary>The other networks that it was heard from lately. In memory only.</summary>
    public ImmutableArray<HeardNetwork> Elsewhere { get; init; } = [];

    /// <summary>Since when <see cref="Beats"/> are counted, in milliseconds of service time. In memory only.</summary>
    public long BeatsSinceMs { get; init; }

    /// <summary>In memory only.</summary>
    public int Beats { get; init; }

    /// <summary>The symbols that were named since then, if there was more than one. In memory only.</summary>
    public ImmutableArray<string> BeatSymbols { get; init; } = [];

    /// <summary>Set if its device is used in two places; null while no sign shows that, and again after the next login.</summary>
    public CopiedMark? Copied { get; init; }

    /// <summary>What its messages must prove; null if its client proves nothing.</summary>
    public SessionProof? Proof { get; init; }

    /// <summary>Set while its streams are gone and the disconnect grace runs; cleared by its next message. In memory only.</summary>
    public LostConnection? Lost { get; init; }

    /// <summary>Several programs of the device have reported separately; otherwise the session's own values are all there is.</summary>
    public bool HasReports => Report is not null || !OtherApps.IsEmpty;

    /// <summary>The programs that are live in the session: their last message is less than the timeout ago.</summary>
    public IEnumerable<SessionApp> LiveApps(SessionSettings settings, long nowMs)
    {
        if (App is not null && nowMs - LastSeenMs < settings.TimeoutMs) yield return new SessionApp(App, LastSeenMs, Report);
        foreach (var app in OtherApps)
            if (nowMs - app.LastSeenMs < settings.TimeoutMs) yield return app;
    }

    /// <summary>
    /// If <see cref="HasReports"/>: the programs of the session and their reports, the one heard last first. A program that is silent for
    /// the timeout is not among them.
    /// </summary>
    public IEnumerable<(SessionApp App, AppReport Report)> Programs(SessionSettings settings, long nowMs)
    {
        if (App is not null) yield return (new SessionApp(App, LastSeenMs), OwnReport);
        foreach (var app in OtherApps)
            if (nowMs - app.LastSeenMs < settings.TimeoutMs + CreditMs) yield return (app, app.Report ?? AppReport.Nothing);
    }

    /// <summary>The report of <see cref="App"/> itself.</summary>
    public AppReport OwnReport => Report ?? AppReport.Of(this);
}

/// <summary>A program of a device, as it names itself: <c>launcher</c>, <c>bot</c>, or empty if it does not.</summary>
/// <param name="LastSeenMs">Its last message, in milliseconds of service time.</param>
/// <param name="Report">Its report, if it shares the session; null if that is not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SessionApp(string Name, long LastSeenMs, AppReport? Report = null);

/// <summary>A network that a session was heard from.</summary>
/// <param name="LastMs">When last, in milliseconds of service time.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HeardNetwork(Network Network, long LastMs);

/// <summary>The last stream of a session dropped.</summary>
/// <param name="AtMs">When, in milliseconds of service time.</param>
/// <param name="LeastMs">The least time that the session has to come back, whatever the disconnect grace; milliseconds.</param>
public sealed record LostConnection(long AtMs, long LeastMs);
