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
    /// <summary>The rows of the session history, once the server has ended; null before.</summary>
    public IReadOnlyList<HistoryRow>? Rows { get; init; }
}

/// <summary>A row of the session history. Wall times: they are compared with each other alone.</summary>
public sealed record HistoryRow(string SessionId, string Key, string Device, DateTime StartedAt, DateTime? EndedAt, string? EndReason, bool IsLive);
