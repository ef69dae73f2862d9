using System.Globalization;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>
/// No answer to a login, release or logout leaves before the disk has said that its commit is there. Seen from outside, in the
/// order of the system calls: which write to the log holds an event is known by the session's id in it.
/// </summary>
internal sealed class Durability : IFault
{
    private const int Clients = 6;
    private const int Rounds = 25;

    public string Name => "durability";

    public string What => "`strace -f` on the portal: every answer to a login, release or forced logout against the sync of its commit";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        Tools.Need("strace");
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(Clients);
        // Connections and code are warm before the trace begins.
        for (var i = 0; i < Clients; i++) await RoundAsync(bed, i, keys[i], []);

        var folder = Directory.CreateTempSubdirectory("portal-trace-").FullName;
        try
        {
            var asked = Enumerable.Range(0, Clients).Select(_ => new List<(string Kind, string Session)>()).ToArray();
            await using (await Strace.AttachAsync(bed.Portal.Id, "-ff", "-o", Path.Combine(folder, "t"), "-ttt", "-T", "-yy", "-x", "-s", "4200",
                "-e", "trace=write,pwrite64,writev,fsync,fdatasync,sendto,sendmsg"))
            {
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
                {
                    for (var round = 0; round < Rounds; round++) await RoundAsync(bed, i, keys[i], asked[i]);
                }));
            }

            var trace = TraceReader.Read(folder);
            var margins = new Latencies();
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < Clients; i++)
            {
                var answers = trace.AnswersTo(AddressOf(i));
                judgement.Expect(answers.Count == asked[i].Count, $"client {i} asked {asked[i].Count} times, and {answers.Count} answers were traced");
                foreach (var ((kind, session), answer) in asked[i].Zip(answers))
                {
                    var synced = trace.WhenDurable(kind, session);
                    judgement.Expect(synced is not null, $"no sync was seen for a {kind}");
                    judgement.Expect(synced <= answer, $"the answer to a {kind} left {(synced - answer) * 1000:F3} ms before its sync had returned");
                    if (synced is not null) margins.Add(TimeSpan.FromSeconds(answer - synced.Value));
                    counts[kind] = counts.GetValueOrDefault(kind) + 1;
                }
            }

            var synchronous = ReadSynchronous(bed);
            judgement.Expect(synchronous == 2, $"PRAGMA synchronous is {synchronous}");
            return judgement.Finish($"{counts.Values.Sum():N0} answers traced ({string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"))}), {trace.Syncs:N0} syncs; the earliest answer left {margins.Percentile(0).ToString("F2", CultureInfo.InvariantCulture)} ms after its sync had returned; `PRAGMA synchronous` {synchronous}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // On a connection opened as the writer opens his: another process's settings cannot be asked.
    private static long ReadSynchronous(Bed bed)
    {
        using var connection = new SqliteDatabase(null, bed.Portal.Folder, bed.Portal.Folder).OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous";
        return (long)command.ExecuteScalar()!;
    }

    private static string AddressOf(int client) => $"127.0.3.{client + 1}";

    // One after the other on one connection: so the answers that left to that address are these, in this order.
    private static async Task RoundAsync(Bed bed, int client, string key, List<(string, string)> asked)
    {
        var (address, device) = (AddressOf(client), $"traced-{client}");
        var first = await bed.LogInAsync(key, device, address);
        asked.Add(("login", first.Get("session_id")!));
        await bed.ReleaseAsync(key, device, address);
        asked.Add(("release", first.Get("session_id")!));
        var second = await bed.LogInAsync(key, device, address);
        asked.Add(("login", second.Get("session_id")!));
        var ended = await bed.AdminAsync(HttpMethod.Post, $"/api/admin/sessions/{second.Get("session_id")}/logout", new { reason = "fault" }, address);
        if (ended.Status != 200) throw new InvalidOperationException($"{ended.Status} {ended.Text}");
        asked.Add(("logout", second.Get("session_id")!));
    }
}
