using System.Text;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>
/// Bots that idle over a weekend beat once in 300 s, all in the same second, and time out in between. Here the timeout is 5 s and the
/// weekend goes by in bursts 8 s apart: the same transitions, sooner.
/// </summary>
internal static class Weekend
{
    private const int Bots = 10_000;
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<SpeedRow>> RunAsync(SpeedRun run)
    {
        var bursts = run.IsQuick ? 4 : 12;
        await using var portal = await PortalSide.StartAsync(run.Program, Bots);
        await portal.ChangeSettingsAsync("""{"session_timeout_seconds":5,"heartbeat_interval_seconds":2}""");
        await portal.LogInAsync(Bots);
        var before = await RowsAsync(portal.Database);
        var (took, bad) = (new Latencies(), 0);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 }) { BaseAddress = portal.Address };
        var keys = await File.ReadAllLinesAsync(portal.Keys);
        for (var burst = 0; burst < bursts; burst++)
        {
            await Task.Delay(Apart);
            await Parallel.ForAsync(0, Bots, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (bot, cancel) =>
            {
                var watch = System.Diagnostics.Stopwatch.StartNew();
                using var body = new StringContent($$"""{"license_key":"{{keys[bot]}}","device_fingerprint":"{{bot + 1:x16}}"}""", Encoding.UTF8, "application/json");
                using var response = await http.PostAsync(new Uri("/api/heartbeat", UriKind.Relative), body, cancel);
                if (!response.IsSuccessStatusCode) Interlocked.Increment(ref bad);
                took.Add(watch.Elapsed);
            });
        }

        await Task.Delay(Apart);
        var after = await RowsAsync(portal.Database);
        var p99 = took.Percentile(99);
        run.Say($"{bursts} bursts of {Bots:N0}: {took}, {bad} refused");
        return
        [
            new SpeedRow($"{Bots:N0} idle bots, each timed out and back {bursts} times", "p99 ≤ 250 ms, nobody refused; rows by interruption",
                $"p99 **{p99:F0} ms**, p50 {took.Percentile(50):F0} ms; {bad:N0} refused; history {after.Sessions - before.Sessions:+#,0;-#,0;+0} rows, events {after.Events - before.Events:+#,0} ({(after.Events - before.Events) / (double)(Bots * bursts):F2} a time-out and return)",
                p99 <= 250 && bad == 0 && after.Sessions == before.Sessions),
        ];
    }

    private static async Task<(long Sessions, long Events)> RowsAsync(string database) =>
        (await Rows.CountAsync(database, """SELECT count(*) FROM "SessionHistory" """), await Rows.CountAsync(database, """SELECT count(*) FROM "SessionEvents" """));
}
