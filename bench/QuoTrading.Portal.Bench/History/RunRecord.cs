namespace QuoTrading.Portal.Bench.History;

/// <summary>All that is known of a run: what the checker judges by. Nothing of the portal's own state is in it.</summary>
/// <param name="FirstTimeout">In force from before the first operation.</param>
/// <param name="Interval">The heartbeat interval; the same all the time.</param>
public sealed record RunRecord(
    IReadOnlyList<LicenseLayout> Licenses,
    IReadOnlyList<Operation> Operations,
    IReadOnlyList<Disturbance> Disturbances,
    IReadOnlyList<TimeoutChange> Changes,
    TimeSpan FirstTimeout,
    TimeSpan Interval)
{
    /// <summary>Every change of a license, in the order they were asked for. Before the first its seats are those of its layout, and it is good.</summary>
    public IReadOnlyList<TermsChange> Terms { get; init; } = [];

    /// <summary>Every session stream that was opened, in that order.</summary>
    public IReadOnlyList<StreamRecord> Streams { get; init; } = [];

    /// <summary>The disconnect grace; the same all the time.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many devices may be on one seat; the same all the time.</summary>
    public int DevicesPerSeat { get; init; } = 6;

    /// <summary>How many new devices a license may have for each of its seats; the whole run is within a day.</summary>
    public int NewDevicesPerSeat { get; init; } = 50;

    /// <summary>Every change of what becomes of copied devices, for all licenses that say nothing themselves. Before the first they are reported.</summary>
    public IReadOnlyList<CopiesChange> Copies { get; init; } = [];

    /// <summary>The wall clock, UTC, when the run's clock began: what links the times of the history to it.</summary>
    public DateTime StartedAt { get; init; } = DateTime.UnixEpoch;

    /// <summary>The rows of the session history, once the server has ended; null before.</summary>
    public IReadOnlyList<HistoryRow>? Rows { get; init; }
}

/// <summary>A row of the session history, in wall times, UTC.</summary>
/// <param name="Interruptions">How often it timed out and was resumed.</param>
public sealed record HistoryRow(string SessionId, string Key, string Device, DateTime StartedAt, DateTime? EndedAt, string? EndReason, bool IsLive, int Interruptions = 0);
