namespace QuoTrading.Portal.Bench.Speed;

/// <summary>Heartbeats, in the shapes that docs/performance.md tells of.</summary>
internal static class Beats
{
    public const int Many = 10_000;
    private const int VeryMany = 100_000;
    private const int AllLicenses = 1_000_000;

    /// <summary>10,000 live sessions, 64 connections.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> CompareAsync(SpeedRun run)
    {
        await using var portal = await PortalSide.StartAsync(run.Program, Many);
        await using var floor = await FloorSide.StartAsync();
        await portal.LogInAsync(Many);
        await WarmUpAsync(portal.Keys, [portal, floor]);
        var (ours, bare) = await Comparison.RunAsync(run.Rounds, portal, floor, (side, _) => Wrk.RunAsync(side.Address, Wrk.Heartbeats, portal.Keys, run.Turn));
        run.Say($"portal {ours}\nfloor  {bare}");
        return
        [
            Row("heartbeats", "≥ 0.85 × floor", ours, bare, ours.PerSecond / bare.PerSecond, 0.85),
            new SpeedRow("", "p99 ≤ 2 × floor's p99", $"{ours.P99:F1} ms, floor {bare.P99:F1} ms: **{ours.P99 / bare.P99:F2}**", ours.P99 <= 2 * bare.P99),
        ];
    }

    /// <summary>The same with a nonce in each, against those without: what a signature takes.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> SignedAsync(SpeedRun run)
    {
        await using var signing = await PortalSide.StartAsync(run.Program, Many);
        await using var plain = await PortalSide.StartAsync(run.Program, Many);
        await signing.LogInAsync(Many);
        await plain.LogInAsync(Many);
        await WarmUpAsync(signing.Keys, [signing], Wrk.Signed);
        await WarmUpAsync(plain.Keys, [plain]);
        var (signed, bare) = await Comparison.RunAsync(run.Rounds, signing, plain,
            (side, _) => Wrk.RunAsync(side.Address, side == signing ? Wrk.Signed : Wrk.Heartbeats, ((PortalSide)side).Keys, run.Turn));
        run.Say($"signed {signed}\nplain  {bare}");
        var row = Row("heartbeats, signed", "≤ 2,000 µs of processor more", signed, bare, signed.PerSecond / bare.PerSecond, 0, "without a nonce");
        return [row with { Met = row.Met == true && signed.Cost - bare.Cost <= 2000 }];
    }

    /// <summary>The same, a new connection for each.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> OnNewConnectionsAsync(SpeedRun run)
    {
        await using var portal = await PortalSide.StartAsync(run.Program, Many);
        await using var floor = await FloorSide.StartAsync();
        await portal.LogInAsync(Many);
        await WarmUpAsync(portal.Keys, [portal, floor]);
        var (ours, bare) = await Comparison.RunAsync(run.Rounds, portal, floor, (side, _) => Wrk.RunAsync(side.Address, Wrk.Heartbeats, portal.Keys, run.Turn, isClosing: true));
        run.Say($"portal {ours}\nfloor  {bare}");
        return [Row("heartbeats, a new connection for each", "≥ 0.85 × floor", ours, bare, ours.PerSecond / bare.PerSecond, 0.85)];
    }

    /// <summary>1,000,000 licenses and 100,000 live sessions, against 10,000 of each; and what that takes of memory and time to start.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> LargeAsync(SpeedRun run)
    {
        await using var small = await PortalSide.StartAsync(run.Program, Many);
        await small.LogInAsync(Many);
        await using var large = await PortalSide.StartAsync(run.Program, VeryMany);
        await large.Portal.RunAsync("license", "create", "--email", "bench@example.com", "--count", (AllLicenses - VeryMany).ToString(System.Globalization.CultureInfo.InvariantCulture));
        // A turn at full speed does not reach each of them within the 90 s that are usual.
        foreach (var side in new[] { small, large }) await side.ChangeSettingsAsync("""{"session_timeout_seconds":3600}""");
        // A new process: what the licenses took on their way in is no part of the figures.
        await large.Portal.StopAsync();
        await large.Portal.StartAsync();
        await large.LogInAsync(VeryMany);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var withSessions = large.Megabytes;
        await using (await SteadyBeats.StartAsync(large, VeryMany, VeryMany / 30)) await Task.Delay(TimeSpan.FromSeconds(30));
        var atFieldPace = large.Megabytes;
        await WarmUpAsync(large.Keys, [large]);
        await WarmUpAsync(small.Keys, [small]);
        var (many, few) = await Comparison.RunAsync(run.Rounds, large, small, (side, _) => Wrk.RunAsync(side.Address, Wrk.Heartbeats, ((PortalSide)side).Keys, run.Turn));
        var loaded = large.Megabytes;
        run.Say($"large {many}\nsmall {few}");
        var starts = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            await large.Portal.StopAsync();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await large.Portal.StartAsync();
            using var http = new HttpClient { BaseAddress = large.Address };
            using var answer = await http.GetAsync(new Uri("/api/hello", UriKind.Relative));
            starts.Add(watch.Elapsed.TotalSeconds);
        }

        var start = starts.Order().ElementAt(1);
        var afterStart = large.Megabytes;
        return
        [
            Row("heartbeats, 1,000,000 licenses and 100,000 live sessions", "≥ 0.95 × the figure with 10,000", many, few, many.PerSecond / few.PerSecond, 0.95, "with 10,000"),
            new SpeedRow("memory, 100,000 live sessions", "≤ 350 MiB", $"**{withSessions} MiB** after their logins; **{atFieldPace} MiB** after each beat once in 30 s; **{afterStart} MiB** after a restart; {loaded} MiB after beats at full speed",
                Math.Max(Math.Max(withSessions, atFieldPace), afterStart) <= 350),
            new SpeedRow("start to first answer, 100,000 live sessions", "≤ 2 s", $"**{start:F1} s** (median of 3)", start <= 2),
        ];
    }

    /// <summary>So that just-in-time compilation is done.</summary>
    public static async Task WarmUpAsync(string keys, IEnumerable<Side> sides, string shape = Wrk.Heartbeats)
    {
        foreach (var side in sides) await Wrk.RunAsync(side.Address, shape, keys, TimeSpan.FromSeconds(5));
    }

    public static SpeedRow Row(string scenario, string target, Median ours, Median other, double ratio, double least, string of = "floor") =>
        new(scenario, target, $"{ours.PerSecond:N0}/s, {of} {other.PerSecond:N0}/s: **{ratio:F2}**; p50 {ours.P50:F1}, p99 {ours.P99:F1} ms; {ours.Cost:F0} µs of processor a request, {of} {other.Cost:F0}" + (ours.Bad > 0 ? $"; **{ours.Bad:N0} bad answers**" : ""),
            ratio >= least && ours.Bad == 0);
}
