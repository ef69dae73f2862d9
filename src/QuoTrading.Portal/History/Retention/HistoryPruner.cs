using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History.Retention;

/// <summary>
/// Deletes what is older than <c>history_retention_days</c>: ended sessions, events, minutes. At most once an hour, and at once when an
/// administrator lowers the days. Works in small units that wait behind the registry's, with pauses, so that no client waits for it.
/// </summary>
internal sealed partial class HistoryPruner(
    SessionRegistry registry, ExpiredDevices devices, ServiceClock clock, IClockCheck wallClock, Writer writer, TimeProvider time, ILogger<HistoryPruner> log)
    : Periodic(Pace, time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    private readonly long started = time.GetTimestamp();
    private int? daysBefore;
    private long? lastRun;

    /// <summary>The pause between two units: others need the disk meanwhile.</summary>
    internal TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Prunes if it is due.</summary>
    /// <returns>How many rows were deleted; null if it was not due or the clock is in doubt.</returns>
    internal async Task<int?> TickAsync(CancellationToken cancel)
    {
        var days = registry.Settings.HistoryRetentionDays;
        var lowered = days < daysBefore;
        daysBefore = days;
        var due = lastRun is { } last ? Time.GetElapsedTime(last) >= Again : Time.GetElapsedTime(started) >= FirstAfter;
        if (!due && !lowered) return null;

        // If the clock has jumped ahead, every row looks old.
        if (wallClock.Look() is not null)
        {
            LogClock();
            lastRun = Time.GetTimestamp();
            return null;
        }

        try
        {
            return await PruneAsync(days, cancel);
        }
        finally
        {
            lastRun = Time.GetTimestamp();
        }
    }

    /// <summary>Deletes all rows that are older than so many days.</summary>
    /// <returns>How many rows.</returns>
    internal async Task<int> PruneAsync(int days, CancellationToken cancel)
    {
        var now = clock.Now();
        var deleted = 0;
        foreach (var rows in ExpiredRows.All)
            deleted += await RepeatAsync(() => writer.RunAsync(unit => Task.FromResult(rows.Delete(unit, now, days)), cancel: cancel), cancel);
        deleted += await RepeatAsync(() => devices.DeleteAsync(now, days, cancel), cancel);
        if (deleted > 0) LogPruned(deleted, days);
        return deleted;
    }

    private async Task<int> RepeatAsync(Func<Task<int>> deleteSome, CancellationToken cancel)
    {
        var deleted = 0;
        while (await deleteSome() is > 0 and var some)
        {
            deleted += some;
            if (Pause > TimeSpan.Zero) await Task.Delay(Pause, Time, cancel);
            if (some < Writer.MostRows) break;
        }

        return deleted;
    }

    internal override Task RunOnceAsync(CancellationToken cancel = default) => TickAsync(cancel);

    protected override void Failed(Exception failure)
    {
        // The writer has logged it; old rows wait for the next hour.
        if (failure is StoreUnavailableException) LogMissed();
        else LogFailed(failure);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rows} rows older than {Days} days were deleted from the history.")]
    private partial void LogPruned(int rows, int days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No history is deleted while the server's clock is in doubt.")]
    private partial void LogClock();

    [LoggerMessage(Level = LogLevel.Debug, Message = "The history could not be pruned this time.")]
    private partial void LogMissed();

    [LoggerMessage(Level = LogLevel.Error, Message = "Pruning the history failed; it is tried again in an hour.")]
    private partial void LogFailed(Exception failure);
}
