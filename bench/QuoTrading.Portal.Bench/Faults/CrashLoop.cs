using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>A server that crashes again and again throws nobody out, lets nobody in, and keeps nobody for ever.</summary>
internal sealed class CrashLoop : IFault
{
    private const int Times = 10;
    private const int Timeout = 10;
    private const int Interval = 2;
    private const int Credit = Interval + 10;

    public string Name => "crash-loop";

    public string What => $"killed {Times} times, each time as soon as it has answered; then on and on while the holder is dead";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run, Timeout, Interval);
        var key = (await bed.CreateKeysAsync(1))[0];
        var session = (await bed.LogInAsync(key, "A")).Get("session_id");
        for (var i = 0; i < Times; i++)
        {
            await bed.Portal.KillAsync();
            await bed.Portal.StartAsync();
            var rival = await AskAsync(() => bed.LogInAsync(key, "B", "127.0.0.3"));
            judgement.Expect(rival.Status == 403, $"start {i + 1}: the rival was told {rival.Status}");
            var beat = await AskAsync(() => bed.BeatAsync(key, "A"));
            judgement.Expect(beat.Status == 200 && beat.Get("session_id") == session, $"start {i + 1}: the holder was told {beat.Status} {beat.Text}");
        }

        // Dead from now on; the server goes on crashing. Only the time in which it runs counts: more than that in which it is heard
        // to serve, and less than that in which there is a process.
        var (served, there) = (TimeSpan.Zero, TimeSpan.Zero);
        var starts = 0;
        var free = false;
        for (; !free && starts < 60; starts++)
        {
            await bed.Portal.KillAsync();
            var exists = Stopwatch.StartNew();
            await bed.Portal.StartAsync();
            var up = Stopwatch.StartNew();
            while (!free && up.Elapsed < TimeSpan.FromSeconds(2))
            {
                free = (await AskAsync(() => bed.LogInAsync(key, "B", "127.0.0.3"))).Status == 200;
                await Task.Delay(50);
            }

            served += up.Elapsed;
            there += exists.Elapsed;
        }

        judgement.Expect(free, "the dead holder is kept for ever");
        // What a kill takes of the clock's last flush, half a second and a bit, does not count either.
        var most = Timeout + Credit + starts;
        judgement.Expect(there > TimeSpan.FromSeconds(Timeout - 1) && served < TimeSpan.FromSeconds(most), $"the rival was in after {served.TotalSeconds:F1} to {there.TotalSeconds:F1} s of service, between {Timeout} and {most} s was right");
        return judgement.Finish($"timeout {Timeout} s: {Times} times the rival 403 and the holder in his session; the holder dead and the server killed every 2 s, the rival is in after {served.TotalSeconds:F1} to {there.TotalSeconds:F1} s of service and {starts} starts");
    }

    // A connection to the server before this one may still be in the pool.
    private static async Task<Reply> AskAsync(Func<Task<Reply>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException)
        {
            return await ask();
        }
    }
}
