using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>The state of the backups for administrators, and copies to download.</summary>
public sealed class BackupService(
    BackupMaker maker, BackupFolder folder, ScheduledBackups scheduled, BackupOptions options, IDatabaseFile database, Writer writer, AuditLog audit, TimeProvider time)
{
    private volatile FailedBackup? refusal;

    /// <summary>Why the last copy to download could not be made; null if it could.</summary>
    public FailedBackup? LastRefusal => refusal;

    /// <summary>Reads the folder; takes less than a second even with hundreds of files.</summary>
    internal BackupStatus Read()
    {
        var next = options.Enabled ? options.Schedule.After(time.GetUtcNow().UtcDateTime) : (DateTime?)null;
        try
        {
            return new BackupStatus(folder.FolderPath, folder.List(), null, next, options.KeepDays, scheduled.Failure, maker.Running);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new BackupStatus(folder.FolderPath, [], unreadable.Message, next, options.KeepDays, scheduled.Failure, maker.Running);
        }
    }

    /// <summary>Makes a copy to download. The audit entry is saved before the copy is returned.</summary>
    /// <param name="withKeyRing">With the key ring, the license keys in the copy can be read.</param>
    /// <returns>The caller must dispose it, read or not: that deletes the copy.</returns>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="StartException">It could not be made; the message says why.</exception>
    /// <exception cref="StoreUnavailableException">It could not be audited.</exception>
    public async Task<BackupDownload> PrepareAsync(Actor actor, bool withKeyRing, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            var path = folder.NewDownload();
            await maker.MakeAsync(path, cancel);
            var download = new BackupDownload(path, withKeyRing ? database.KeyRing : null, now, time);
            try
            {
                await writer.RunAsync(
                    unit =>
                    {
                        audit.Add(unit.Db, actor, "backup.download", "backup", download.Name, after: new { key_ring = withKeyRing ? "included" : "not included" });
                        return Task.CompletedTask;
                    },
                    cancel);
            }
            catch
            {
                await download.DisposeAsync();
                throw;
            }

            refusal = null;
            return download;
        }
        catch (StartException why)
        {
            refusal = new FailedBackup(now, why.Message);
            throw;
        }
    }
}

/// <summary>The state of the backups.</summary>
/// <param name="Folder">Of the scheduled backups; absolute.</param>
/// <param name="Stored">Newest first.</param>
/// <param name="Unreadable">Why the folder cannot be read; null if it can.</param>
/// <param name="NextAt">UTC; null if no backups are scheduled.</param>
/// <param name="KeepDays">Older backups are deleted.</param>
/// <param name="Failure">The last scheduled backup, if it failed.</param>
/// <param name="Running">The copy in progress; null if there is none.</param>
public sealed record BackupStatus(
    string Folder, IReadOnlyList<StoredBackup> Stored, string? Unreadable, DateTime? NextAt, int KeepDays, FailedBackup? Failure, RunningBackup? Running)
{
    public StoredBackup? Newest => Stored is [var newest, ..] ? newest : null;
}
