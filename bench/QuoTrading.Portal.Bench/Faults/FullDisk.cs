namespace QuoTrading.Portal.Bench.Faults;

/// <summary>The disk is full, and then it is not.</summary>
internal sealed class FullDisk : IFault
{
    public string Name => "full-disk";

    public string What => "the database's disk (a small tmpfs) is filled to its last byte while the server runs";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        Tools.Need("mount");
        var folder = Directory.CreateTempSubdirectory("portal-disk-").FullName;
        if (await Tools.TryAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder) is { } said)
        {
            Directory.Delete(folder);
            throw new NotRunException($"no tmpfs can be mounted here: {said}");
        }

        try
        {
            var data = Path.Combine(folder, "data");
            var filler = Path.Combine(folder, "filler");
            await using var bed = await Bed.StartAsync(run, folder: data, settings: new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal__Health__MinimumFreeMegabytes"] = "0" });
            return await StoreGone.RunAsync(bed, () => FillAsync(filler), () =>
            {
                File.Delete(filler);
                return Task.CompletedTask;
            });
        }
        finally
        {
            await Tools.TryAsync("umount", folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(string filler)
    {
        await using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 65536, 4096, 1 })
        {
            var block = new byte[size];
            try
            {
                while (true) await file.WriteAsync(block);
            }
            catch (IOException)
            {
                // Full for blocks of this size.
                continue;
            }
        }
    }
}
