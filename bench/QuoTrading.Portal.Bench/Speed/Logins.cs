using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>What must be durable before its answer.</summary>
internal static class Logins
{
    private const int Licenses = 40_000;

    /// <summary>Logins and releases in pairs.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> PairsAsync(SpeedRun run)
    {
        await using var portal = await PortalSide.StartAsync(run.Program, Licenses);
        await using var floor = await FloorSide.StartAsync();
        await Beats.WarmUpAsync(portal.Keys, [floor]);
        var turns = new Turns();
        await turns.RunAsync(portal, portal.Keys, Wrk.Pairs, TimeSpan.FromSeconds(5));
        var (ours, bare) = await Comparison.RunAsync(run.Rounds, portal, floor, (side, _) => turns.RunAsync(side, portal.Keys, Wrk.Pairs, run.Turn));
        run.Say($"portal {ours}\nfloor  {bare}");
        var logins = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" """);
        var released = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" WHERE "EndReason" = 'Released'""");
        var row = Beats.Row("logins and releases in pairs, each durable", "≥ 0.35 × floor", ours, bare, ours.PerSecond / bare.PerSecond, 0.35);
        return [row with { Measured = $"{row.Measured}; {logins:N0} sessions in the history, {released:N0} of them released" }];
    }

    /// <summary>The same while every sync takes 5 ms longer: how many share one is what counts then.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> SlowDiskAsync(SpeedRun run)
    {
        Tools.Need("strace");
        var log = Path.GetTempFileName();
        try
        {
            await using var portal = await PortalSide.StartAsync(run.Program, Licenses,
                under: Strace.Launching("-y", "-o", log, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=5000"));
            var turns = new Turns();
            await turns.RunAsync(portal, portal.Keys, Wrk.Pairs, TimeSpan.FromSeconds(5));
            var figures = new Median();
            var syncsBefore = Syncs();
            for (var round = 0; round < run.Rounds; round++)
            {
                var before = portal.ProcessorSeconds;
                figures.Add(await turns.RunAsync(portal, portal.Keys, Wrk.Pairs, run.Turn), portal.ProcessorSeconds - before);
            }

            var together = figures.Requests / (double)Math.Max(1, Syncs() - syncsBefore);
            run.Say($"portal {figures}, {together:F0} commands a sync");
            return [new SpeedRow("the same with 5 ms more for every sync", "≥ 5,000 commands a second", $"**{figures.PerSecond:N0}/s**, {together:F0} commands a sync; p50 {figures.P50:F1}, p99 {figures.P99:F1} ms" + (figures.Bad > 0 ? $"; **{figures.Bad:N0} bad answers**" : ""), figures.PerSecond >= 5000 && figures.Bad == 0)];
        }
        finally
        {
            File.Delete(log);
        }

        // Of the log; the database's own come with the copying back.
        int Syncs() => File.ReadLines(log).Count(line => line.Contains("portal.db-wal>", StringComparison.Ordinal));
    }

    /// <summary>Two devices for each license at once.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> RacesAsync(SpeedRun run)
    {
        await using var portal = await PortalSide.StartAsync(run.Program, run.IsQuick ? 200_000 : 400_000);
        await using var floor = await FloorSide.StartAsync();
        await Beats.WarmUpAsync(portal.Keys, [floor], Wrk.Races);
        var turns = new Turns();
        var (ours, bare) = await Comparison.RunAsync(run.Rounds, portal, floor, (side, _) => turns.RunAsync(side, portal.Keys, Wrk.Races, TimeSpan.FromSeconds(run.IsQuick ? 3 : 5)));
        run.Say($"portal {ours}\nfloor  {bare}");
        var raced = await Rows.CountAsync(portal.Database, """SELECT count(DISTINCT "LicenseId") FROM "SessionEvents" WHERE "Kind" IN ('LoggedIn', 'Refused')""");
        var won = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" """);
        var lost = await Rows.CountAsync(portal.Database, """SELECT count(DISTINCT "LicenseId") FROM "SessionEvents" WHERE "Kind" = 'Refused' AND "Code" = 'session_conflict'""");
        var twice = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM (SELECT 1 FROM "SessionHistory" GROUP BY "LicenseId" HAVING count(*) > 1)""");
        var ratio = ours.PerSecond / bare.PerSecond;
        return
        [
            new SpeedRow("two devices race for each license", "exactly one winner; ≥ 0.3 × floor",
                $"{ours.PerSecond:N0}/s, floor {bare.PerSecond:N0}/s: **{ratio:F2}**; {raced:N0} licenses, {won:N0} winners, {lost:N0} with a loser, **{twice:N0} with two winners**",
                ratio >= 0.3 && twice == 0 && won == raced),
        ];
    }

    /// <summary>Loads that go on where the one before ended, for each side by itself: nobody is released who never logged in.</summary>
    private sealed class Turns
    {
        private readonly Dictionary<Side, long> next = [];

        public async Task<Figures> RunAsync(Side side, string keys, string shape, TimeSpan time)
        {
            var from = next.GetValueOrDefault(side);
            var figures = await Wrk.RunAsync(side.Address, shape, keys, time, from);
            // An even number beyond what was asked: pairs stay pairs.
            next[side] = from + (((figures.Requests / 2) + 512) * 2);
            return figures;
        }
    }
}
