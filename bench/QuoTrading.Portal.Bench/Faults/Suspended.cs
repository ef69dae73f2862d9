using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>The server stands still, and the first request when it goes on is the other device's.</summary>
internal sealed class Suspended : IFault
{
    private const int Timeout = 5;
    private const int Interval = 2;

    // docs/protocol.md, Words: after a gap an interval and 10 s, once.
    private const int Credit = Interval + 10;

    public string Name => "suspended";

    public string What => "SIGSTOP for 2 and for 12 timeouts; the other device's login is the first request after SIGCONT";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run, Timeout, Interval);
        var kept = new List<string>();
        foreach (var timeouts in new[] { 2.0, 12 })
        {
            var key = (await bed.CreateKeysAsync(1))[0];
            var login = await bed.LogInAsync(key, "A");
            // Open connections, or the kernel's queue decides who comes first.
            await bed.BeatAsync(key, "A", "127.0.0.2");
            await bed.PostAsync("/api/session/clear", new { license_key = key }, "127.0.0.3");
            await bed.Portal.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(timeouts * Timeout));
            var rival = bed.LogInAsync(key, "B", "127.0.0.3");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            await bed.Portal.SignalAsync("CONT");
            judgement.Expect((await rival).Status == 403, $"after {timeouts} timeouts the other device was told {(await rival).Status}");
            var beat = await bed.BeatAsync(key, "A", "127.0.0.2");
            judgement.Expect(beat.Status == 200 && beat.Get("session_id") == login.Get("session_id"), $"after {timeouts} timeouts the holder was told {beat.Status} {beat.Text}");

            // Now the holder is dead.
            var watch = Stopwatch.StartNew();
            var free = await Bed.UntilServedAsync(() => bed.LogInAsync(key, "B", "127.0.0.3"), TimeSpan.FromSeconds(Timeout + Credit + 10));
            judgement.Expect(free is not null && watch.Elapsed > TimeSpan.FromSeconds(Timeout - 0.5) && watch.Elapsed < TimeSpan.FromSeconds(Timeout + Credit + 1.5), $"the seat of a silent holder was free after {watch.Elapsed.TotalSeconds:F1} s");
            kept.Add($"{watch.Elapsed.TotalSeconds:F1} s");
        }

        return judgement.Finish($"timeout {Timeout} s: the rival 403, the holder goes on in the same session; once the holder is silent the rival is in after {string.Join(" and ", kept)}");
    }
}
