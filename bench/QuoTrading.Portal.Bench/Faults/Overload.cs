using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>More comes than the store can take: who cannot be served soon is told so, and what waits is bounded.</summary>
internal sealed class Overload : IFault
{
    private const int Licenses = 400;
    private const int ASecond = 600;
    private const int SyncMilliseconds = 1500;
    private const int MostGrowthMegabytes = 100;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(25);

    // What has waited 6 s is given up, and then its batch may still be in one commit of several slow syncs.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(6 + (3 * SyncMilliseconds / 1000.0));

    public string Name => "overload";

    public string What => $"{ASecond} logins and releases a second while every sync takes {SyncMilliseconds} ms (`strace -e inject=…:delay_exit`)";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        Tools.Need("strace");
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(Licenses);
        foreach (var key in keys) await bed.LogInAsync(key, "A");
        var (served, refused) = (new Latencies(), new Latencies());
        var (waiting, mostWaiting) = (0, 0);
        var memory = new List<int>();
        var work = new List<Task>();

        async Task AskAsync(int i)
        {
            var key = keys[i % Licenses];
            mostWaiting = Math.Max(mostWaiting, Interlocked.Increment(ref waiting));
            try
            {
                var reply = (i / Licenses) % 2 == 0 ? await bed.ReleaseAsync(key, "A") : await bed.LogInAsync(key, "A");
                judgement.Expect(reply.Status == 200 || (reply.Status == 503 && reply.RetryAfter is > 0), $"{reply.Status} {reply.Text}");
                (reply.Status == 200 ? served : refused).Add(reply.Took);
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        var delay = $"inject=fsync,fdatasync:delay_exit={SyncMilliseconds * 1000}";
        await using (await Strace.AttachAsync(bed.Portal.Id, "-o", "/dev/null", "-P", bed.FilePath + "-wal", "-e", "trace=fsync,fdatasync", "-e", delay))
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; watch.Elapsed < Lasts;)
            {
                while (i < watch.Elapsed.TotalSeconds * ASecond) work.Add(AskAsync(i++));
                if (memory.Count < watch.Elapsed.TotalSeconds / 2.5) memory.Add(Tools.MegabytesOf(bed.Portal.Id));
                await Task.Delay(5);
            }
        }

        var recovered = await Bed.UntilServedAsync(() => bed.LogInAsync(keys[0], "A"), TimeSpan.FromSeconds(20));
        await Task.WhenAll(work);
        judgement.Expect(refused.Count > 0, "nobody was told 503");
        judgement.Expect(served.Count > 0, "nobody was served");
        judgement.Expect(recovered is not null, "it did not serve again within 20 s");
        judgement.Expect(served.Longest < MostWait && refused.Longest < MostWait, $"somebody waited {Math.Max(served.Longest.TotalSeconds, refused.Longest.TotalSeconds):F1} s");
        judgement.Expect(memory[^1] - memory[1] < MostGrowthMegabytes, $"memory grew from {memory[1]} to {memory[^1]} MB");
        DatabaseFile.CheckWhole(bed.FilePath, judgement, "afterwards");
        return judgement.Finish($"{work.Count:N0} requests: {served.Count:N0} served ({served}), {refused.Count:N0} told 503 with Retry-After ({refused}); at most {mostWaiting:N0} under way at a time; memory in MB every 2.5 s: {string.Join(" ", memory)}; served again {recovered?.TotalMilliseconds:F0} ms after it was over");
    }
}
