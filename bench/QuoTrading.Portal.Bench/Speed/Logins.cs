using System.Globalization;
using Microsoft.Data.Sqlite;
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
        var asked = new Median();
        var (ours, bare) = await Comparison.RunAsync(run.Rounds, portal, floor, (side, _) => turns.RunAsync(side, portal.Keys, Wrk.Pairs, run.Turn));
        run.Say($"portal {ours}\nfloor  {bare}");
        var logins = await CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" """);
        var released = await CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" WHERE "EndReason" = 'Released'""");
        var row = Beats.Row("logins and releases in pairs, each durable", "≥ 0.35 × floor", ours, bare, ours.PerSecond / bare.PerSecond, 0.35);
        return [row with { Measured = $"{row.Measured}; {logins:N0} sessions in the history, {released:N0} of them released" }];
    }

    /// <summary>The same while every sync takes 5 ms longer.</summary>
    public static async Task<IReadOnlyList<SpeedRow>> SlowDiskAsync(SpeedRun run)
    {
        Tools.Need("strace");
        await using var portal = await PortalSide.StartAsync(run.Program, Licenses);
        var turns = new Turns();
        await turns.RunAsync(portal, portal.Keys, Wrk.Pairs, TimeSpan.FromSeconds(5));
        var figures = new Median();
        await using (await Strace.AttachAsync(portal.Id, "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=5000"))
            for (var round = 0; round < run.Rounds; round++)
            {
                var before = portal.ProcessorSeconds;
                figures.Add(await turns.RunAsync(portal, portal.Keys, Wrk.Pairs, run.Turn), portal.ProcessorSeconds - before);
            }

        run.Say($"portal {figures}");
        return [new SpeedRow("the same with 5 ms more for every sync", "≥ 5,000 commands a second", $"**{figures.PerSecond:N0}/s**, p50 {figures.P50:F1}, p99 {figures.P99:F1} ms" + (figures.Bad > 0 ? $"; **{figures.Bad:N0} bad answers**" : ""), figures.PerSecond >= 5000 && figures.Bad == 0)];
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
        var raced = await CountAsync(portal.Database, """SELECT count(DISTINCT "LicenseId") FROM "SessionEvents" WHERE "Kind" IN ('LoggedIn', 'Refused')""");
        var won = await CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" """);
        var lost = await CountAsync(portal.Database, """SELECT count(DISTINCT "LicenseId") FROM "SessionEvents" WHERE "Kind" = 'Refused' AND "Code" = 'session_conflict'""");
        var twice = await CountAsync(portal.Database, """SELECT count(*) FROM (SELECT 1 FROM "SessionHistory" GROUP BY "LicenseId" HAVING count(*) > 1)""");
        var ratio = ours.PerSecond / bare.PerSecond;
        return
        [
            new SpeedRow("two devices race for each license", "exactly one winner; ≥ 0.3 × floor",
                $"{ours.PerSecond:N0}/s, floor {bare.PerSecond:N0}/s: **{ratio:F2}**; {raced:N0} licenses, {won:N0} winners, {lost:N0} with a loser, **{twice:N0} with two winners**",
                ratio >= 0.3 && twice == 0 && won == raced),
        ];
    }

    private static async Task<long> CountAsync(string database, string sql)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
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
