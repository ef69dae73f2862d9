using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Health;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>
/// Makes the backups that are due, including one that was missed while the server was down, and one soon after the first start. Deletes
/// backups that are too old. A failure is retried after a while, and reported until a backup succeeds.
/// </summary>
public sealed partial class ScheduledBackups(
    BackupMaker maker, BackupFolder folder, BackupOptions options, ClockCheck clock, TimeProvider time, ILogger<ScheduledBackups> log)
    : Periodic(Pace, time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(15);

    private long triedAt;
    private volatile FailedBackup? failure;

    /// <summary>The last try, if it failed.</summary>
    public FailedBackup? Failure => failure;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request: no download can be in progress yet.
        ClearAway();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Makes a backup if one is due.</summary>
    internal override async Task RunOnceAsync(CancellationToken cancel = default)
    {
        if (failure is not null && Time.GetElapsedTime(triedAt) < AfterFailure) return;
        var now = Time.GetUtcNow().UtcDateTime;
        triedAt = Time.GetTimestamp();
        try
        {
            // A backup dated in the future, by a clock that was ahead, must not prevent backups until that date.
            var isMade = folder.List().FirstOrDefault(backup => backup.At <= now) is { } last && last.At >= options.Schedule.Before(now);
            if (isMade && failure is null) return;
            if (!isMade)
            {
                var path = folder.PathOf(now);
                var made = await maker.MakeAsync(path, cancel);
                LogMade(path, made.Bytes / 1024 / 1024);
            }

            Prune(now);
            failure = null;
        }
        catch (Exception known) when (known is StartException or IOException or UnauthorizedAccessException)
        {
            failure = new FailedBackup(now, known.Message);
            LogFailed(known.Message);
        }
        catch (Exception unexpected) when (!cancel.IsCancellationRequested)
        {
            failure = new FailedBackup(now, "Why, stands in the log.");
            LogUnexpected(unexpected);
        }
    }

    // A copy in progress is lost when the host stops; the next start makes it.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Enabled ? base.ExecuteAsync(stoppingToken) : Task.CompletedTask;

    protected override void Failed(Exception failure) => LogUnexpected(failure);

    private void ClearAway()
    {
        try
        {
            folder.RemoveLeftovers();
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            LogLeft(left.Message);
        }
    }

    private void Prune(DateTime now)
    {
        // If the clock has jumped ahead, all backups look old.
        if (clock.Look() is not null) LogClock();
        else if (folder.Prune(now, options.KeepDays) is > 0 and var deleted) LogPruned(deleted, options.KeepDays);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A backup was made: {Path}, {Megabytes} MB, without the key ring.")]
    private partial void LogMade(string path, long megabytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} backups older than {Days} days were deleted.")]
    private partial void LogPruned(int count, int days);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What an earlier server left unfinished among the backups could not be deleted: {Reason}")]
    private partial void LogLeft(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No backup is deleted while the server's clock is in doubt.")]
    private partial void LogClock();

    [LoggerMessage(Level = LogLevel.Error, Message = "The scheduled backup failed, and is tried again in a quarter of an hour: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The scheduled backup failed, and is tried again in a quarter of an hour.")]
    private partial void LogUnexpected(Exception unexpected);
}

/// <summary>A backup that could not be made.</summary>
/// <param name="At">UTC.</param>
/// <param name="Reason">For display.</param>
public sealed record FailedBackup(DateTime At, string Reason);
