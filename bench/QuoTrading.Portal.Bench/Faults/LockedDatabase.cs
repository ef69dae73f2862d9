using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Another program keeps the database locked: the first may wait for it, everybody after him is told at once.</summary>
internal sealed class LockedDatabase : IFault
{
    private const int Seconds = 15;

    // The busy timeout, in which a short lock goes unnoticed, and a second for the machine.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    public string Name => "locked";

    public string What => $"another process holds `BEGIN EXCLUSIVE` for {Seconds} s";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(6);
        var sessions = new List<string?>();
        foreach (var key in keys) sessions.Add((await bed.LogInAsync(key, "A")).Get("session_id"));

        using var locker = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(LockedDatabase).Assembly.Location, "hold-lock", bed.FilePath, Seconds.ToString()]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        if (await locker.StandardOutput.ReadLineAsync() != "locked") throw new InvalidOperationException("The other process did not get its lock.");
        var watch = Stopwatch.StartNew();
        var released = locker.StandardOutput.ReadLineAsync();
        var (all, later, refused) = (new Latencies(), new Latencies(), 0);
        var red = 0;
        await Task.WhenAll(keys.Select(async (key, i) =>
        {
            while (!released.IsCompleted)
            {
                var sent = watch.Elapsed;
                var reply = (i % 3) switch
                {
                    0 => await bed.LogInAsync(key, "B"),
                    1 => await bed.BeatAsync(key, "A"),
                    _ => await bed.AdminAsync(HttpMethod.Post, $"/api/admin/sessions/{sessions[i]}/logout", new { reason = "fault" }),
                };
                // For a second heartbeats are good from memory.
                if (reply.Status == 503)
                {
                    Interlocked.Increment(ref refused);
                    judgement.Expect(reply.RetryAfter is > 0, "a 503 without Retry-After");
                    all.Add(reply.Took);
                    judgement.Expect(reply.Took < MostWait, $"a 503 took {reply.Took.TotalSeconds:F1} s: {(i % 3) switch { 0 => "a login", 1 => "a heartbeat", _ => "a logout" }} sent {sent.TotalSeconds:F1} s after the lock");
                    if (sent > MostWait) later.Add(reply.Took);
                }
                else if (!released.IsCompleted) judgement.Expect(i % 3 == 1 && reply.Status == 200, $"{reply.Status} {reply.Text}");
                await Task.Delay(100);
            }
        }).Append(Task.Run(async () =>
        {
            while (!released.IsCompleted)
            {
                if (await bed.IsRedAsync()) Interlocked.Increment(ref red);
                await Task.Delay(100);
            }
        })));
        var recovered = await Bed.UntilServedAsync(() => bed.BeatAsync(keys[0], "A"), TimeSpan.FromSeconds(20));
        await locker.WaitForExitAsync();
        judgement.Expect(later.Count > 0 && later.Longest < AtOnce, $"when the lock was known a 503 took {later.Longest.TotalSeconds:F1} s");
        judgement.Expect(red > 0, "the light was never red");
        judgement.Expect(recovered is not null, "it did not serve again within 20 s");
        judgement.Expect((await bed.LogInAsync(keys[0], "B")).Status == 403, "somebody else got in");
        return judgement.Finish($"{refused:N0} answers 503 with Retry-After, the first after {all.Longest.TotalSeconds:F1} s at the most, all after {MostWait.TotalSeconds:F0} s within {later.Longest.TotalMilliseconds:F0} ms (p50 {later.Percentile(50):F0} ms); served again {recovered?.TotalSeconds:F1} s after the lock was gone; every holder kept his session");
    }
}
