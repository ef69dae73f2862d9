using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Old history is deleted in small steps; nobody waits for it.</summary>
internal sealed class RetentionUnderLoad : IFault
{
    private const int Rows = 1_000_000;
    private const int Holders = 200;
    private const int Movers = 10;
    private const int DaysOld = 100;

    // The least that one could notice: bots allow 10 s.
    private static readonly TimeSpan MostP99 = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(40);

    public string Name => "retention";

    public string What => $"{Rows:N0} old sessions in the history; retention deletes them while {Holders} sessions beat and {Movers} devices log in and out";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(Holders + Movers);
        Fill(bed.FilePath);
        run.Say($"{CountOld(bed):N0} old rows");
        foreach (var key in keys[..Holders]) await bed.LogInAsync(key, "A");
        // The pruner looks every 10 s, and must have seen the days before they are lowered.
        await Task.Delay(TimeSpan.FromSeconds(12));

        var before = await MeasureAsync(bed, keys, judgement);
        run.Say($"before: heartbeats {before.Beats}; logins {before.Moves}");
        await bed.AdminAsync(HttpMethod.Put, "/api/admin/settings", new { history_retention_days = DaysOld / 2 });
        var watch = Stopwatch.StartNew();
        while (CountOld(bed) == Rows && watch.Elapsed < TimeSpan.FromSeconds(30)) await Task.Delay(200);
        var left = CountOld(bed);
        judgement.Expect(left < Rows, "nothing was deleted");
        var during = await MeasureAsync(bed, keys, judgement);
        var deleted = left - CountOld(bed);

        judgement.Expect(during.Beats.Percentile(99) < MostP99.TotalMilliseconds && during.Moves.Percentile(99) < MostP99.TotalMilliseconds, $"p99 was above {MostP99.TotalMilliseconds:F0} ms");
        judgement.Expect(deleted > 0, "nothing was deleted during the measurement");
        return judgement.Finish($"before: heartbeats {before.Beats}; logins and releases {before.Moves}. During: heartbeats {during.Beats}; logins and releases {during.Moves}; {deleted / Window.TotalSeconds:N0} rows a second deleted");
    }

    private static async Task<(Latencies Beats, Latencies Moves)> MeasureAsync(Bed bed, string[] keys, Judgement judgement)
    {
        var (beats, moves) = (new Latencies(), new Latencies());
        var watch = Stopwatch.StartNew();
        var holders = keys[..Holders].Select(async (key, i) =>
        {
            // Not all at once: each its own moment of the second.
            await Task.Delay(1000 * i / Holders);
            while (watch.Elapsed < Window)
            {
                Note(await bed.BeatAsync(key, "A"), beats);
                await Task.Delay(1000);
            }
        });
        var movers = keys[Holders..].Select(async key =>
        {
            while (watch.Elapsed < Window)
            {
                Note(await bed.LogInAsync(key, "A"), moves);
                await Task.Delay(200);
                Note(await bed.ReleaseAsync(key, "A"), moves);
                await Task.Delay(200);
            }
        });
        await Task.WhenAll(holders.Concat(movers));
        return (beats, moves);

        void Note(Reply reply, Latencies latencies)
        {
            judgement.Expect(reply.Status == 200, $"{reply.Status} {reply.Text}");
            latencies.Add(reply.Took);
        }
    }

    private static int CountOld(Bed bed) => DatabaseFile.Read(bed.FilePath, """SELECT count(*) FROM "SessionHistory" WHERE "Device" = 'old'""", row => row.GetInt32(0))[0];

    // As the portal would have written them a hundred days ago: ids that sort by their start, ends an hour later. In portions, for the
    // server writes, too.
    private static void Fill(string file)
    {
        const int Portion = 50_000;
        var started = TimeProvider.System.GetUtcNow().AddDays(-DaysOld);
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        for (var portion = 0; portion < Rows / Portion; portion++)
        {
            using var transaction = connection.BeginTransaction();
            using var insert = connection.CreateCommand();
            insert.Transaction = transaction;
            insert.CommandText = """
                INSERT INTO "SessionHistory" ("SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "Address", "Seat",
                    "StartedAt", "LastSeenAt", "EndedAt", "EndedMs", "EndReason", "Interruptions")
                VALUES ($id, $license, 1, 'fault@example.com', 'QT-****', 'MONTHLY', 'old', '192.0.2.1', 1, $started, $ended, $ended, -10000000, 'Released', 0)
                """;
            var (id, license, start, end) = (insert.Parameters.Add("$id", SqliteType.Text), insert.Parameters.Add("$license", SqliteType.Integer), insert.Parameters.Add("$started", SqliteType.Text), insert.Parameters.Add("$ended", SqliteType.Text));
            for (var i = 0; i < Portion; i++)
            {
                var at = started.AddSeconds((portion * Portion) + i - Rows);
                id.Value = Guid.CreateVersion7(at).ToString("D");
                license.Value = 1 + (i % Holders);
                start.Value = at.UtcDateTime;
                end.Value = at.UtcDateTime.AddHours(1);
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }
}
