using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>
/// Makes copies, one at a time. Refuses a copy that would fill the disk, since then no client could log in. The database can be written
/// meanwhile.
/// </summary>
public sealed class BackupMaker(IDatabaseFile database, BackupFolder folder, HealthOptions health, TimeProvider time) : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly SemaphoreSlim one = new(1);
    private long begun;

    /// <summary>The copy in progress; null if there is none.</summary>
    public RunningBackup? Running => Volatile.Read(ref begun) is var since and not 0
        ? new RunningBackup(new DateTime(since, DateTimeKind.Utc), folder.UnfinishedBytes, database.FileBytes)
        : null;

    /// <summary>Waits until no other copy is in progress, then writes and checks a copy.</summary>
    /// <param name="path">In the folder.</param>
    /// <exception cref="StartException">The copy could not be made; the message says why. Nothing is left behind.</exception>
    internal async Task<BackupContents> MakeAsync(string path, CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            folder.Create();
            RequireRoom();
            Volatile.Write(ref begun, time.GetUtcNow().Ticks);
            // The copy runs on the calling thread, which may be a circuit's.
            return await Task.Run(() => database.BackUpAsync(path, cancel), cancel);
        }
        finally
        {
            Volatile.Write(ref begun, 0);
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private void RequireRoom()
    {
        var needed = ((database.FileBytes + database.LogBytes) / Megabyte) + health.MinimumFreeMegabytes;
        if (DiskCheck.FreeMegabytes(folder.FolderPath) is var free && free < needed)
            throw new StartException($"A copy may need {needed:N0} MB with what must stay free, but only {free:N0} MB are free at {folder.FolderPath}.");
    }
}

/// <summary>A copy in progress.</summary>
/// <param name="Since">UTC.</param>
/// <param name="Bytes">How many are written.</param>
/// <param name="Of">How many there will be at most.</param>
public sealed record RunningBackup(DateTime Since, long Bytes, long Of);
