using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>What administrators see of the backups, and the copy that they take home.</summary>
public sealed class BackupService(
    BackupMaker maker, BackupFolder folder, ScheduledBackups scheduled, BackupOptions options, IDatabaseFile database, Writer writer, AuditLog audit, TimeProvider time)
{
    private volatile FailedBackup? refusal;

    /// <summary>Why the last copy for somebody could not be made; null where it could.</summary>
    public FailedBackup? LastRefusal => refusal;

    /// <summary>Reads the folder; sub-second even where it holds hundreds.</summary>
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

    /// <summary>Makes a copy to be downloaded; the audit log knows of it before anybody has it.</summary>
    /// <param name="withKeyRing">Then whoever has it can read the license keys.</param>
    /// <returns>To be disposed, read or not: then the copy is gone.</returns>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
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

/// <summary>How it stands about backups.</summary>
/// <param name="Folder">Absolute; of the scheduled ones.</param>
/// <param name="Stored">The newest first.</param>
/// <param name="Unreadable">Why the folder cannot be read; null where it can.</param>
/// <param name="NextAt">UTC; null where none are made by themselves.</param>
/// <param name="KeepDays">Older ones are deleted.</param>
/// <param name="Failure">The last scheduled one, where it failed.</param>
/// <param name="Running">The copy that is being made.</param>
public sealed record BackupStatus(
    string Folder, IReadOnlyList<StoredBackup> Stored, string? Unreadable, DateTime? NextAt, int KeepDays, FailedBackup? Failure, RunningBackup? Running)
{
    public StoredBackup? Newest => Stored is [var newest, ..] ? newest : null;
}
