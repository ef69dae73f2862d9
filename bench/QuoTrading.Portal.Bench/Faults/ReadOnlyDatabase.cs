namespace QuoTrading.Portal.Bench.Faults;

/// <summary>The database's files and their folder may not be written any more, and then again.</summary>
internal sealed class ReadOnlyDatabase : IFault
{
    public string Name => "read-only";

    public string What => "database, log and folder turn immutable (`chattr +i`) while the server runs";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        Tools.Need("chattr");
        await using var bed = await Bed.StartAsync(run);
        // Not the -shm, which is mapped into memory: the kernel kills whoever writes to such a page of an immutable file.
        string[] paths = [bed.FilePath, bed.FilePath + "-wal", bed.Portal.Folder];
        return await StoreGone.RunAsync(bed, async () =>
        {
            if (await Tools.TryAsync("chattr", ["+i", .. paths]) is not { } said) return;
            await Tools.TryAsync("chattr", ["-i", .. paths]);
            throw new NotRunException($"files cannot be made immutable here: {said}");
        }, () => Tools.TryAsync("chattr", ["-i", .. paths]));
    }
}
