using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>
/// 10,000 session streams, each of its own license, held by three processes beside the heartbeats of the field: what they take, how
/// soon a forced logout arrives, and what it means when clients are killed.
/// </summary>
internal static class Streams
{
    private const int All = 10_000;
    // So few dropping at once are crashes; a third is a proxy that restarts (docs/protocol.md, The session stream).
    private const int Few = 20;
    private const int Third = All / 3;
    private const int LogOuts = 300;
    private const int Files = All + 2_000;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<SpeedRow>> RunAsync(SpeedRun run)
    {
        NeedFiles();
        await using var portal = await PortalSide.StartAsync(run.Program, All);
        await portal.LogInAsync(All);
        await using var beats = await SteadyBeats.StartAsync(portal, All);
        // So that what heartbeats take is not put down to the streams.
        await Task.Delay(Calm);
        var before = portal.Megabytes;
        var worked = portal.ProcessorSeconds;
        await using var few = await StreamProcess.StartAsync(portal, 0, Few);
        await using var third = await StreamProcess.StartAsync(portal, Few, Third);
        await using var rest = await StreamProcess.StartAsync(portal, Few + Third, All - Few - Third);
        worked = portal.ProcessorSeconds - worked;
        await Task.Delay(Calm);
        var open = few.Sessions.Count + third.Sessions.Count + rest.Sessions.Count;
        var idle = await IdleCostAsync(portal);
        var after = portal.Megabytes;
        var each = (after - before) * 1024.0 / Math.Max(1, open);
        run.Say($"{open:N0} open, {few.Refused + third.Refused + rest.Refused} refused, {before} → {after} MiB, {worked * 1000 / All:F2} ms of processor to open one; {beats.Bad} heartbeats beside them without a good answer");
        var rows = new List<SpeedRow>
        {
            new($"{All:N0} open session streams", "all served; ≤ 20 KiB each", string.Create(CultureInfo.InvariantCulture,
                $"{open:N0} served; **{each:F1} KiB** each ({before} → {after} MiB resident); {idle:P1} of a core for them and {SteadyBeats.PerSecond} heartbeats a second"), open == All && each <= 20),
            await LogOutsAsync(portal, rest, run),
            await CrashAsync(portal, few, run),
            await MassDropAsync(portal, third),
        };
        return rows;
    }

    private static async Task<double> IdleCostAsync(PortalSide portal)
    {
        var (clock, before) = (Stopwatch.StartNew(), portal.ProcessorSeconds);
        await Task.Delay(Calm);
        return (portal.ProcessorSeconds - before) / clock.Elapsed.TotalSeconds;
    }

    // From the administrator's request to the event at the client, one after the other.
    private static async Task<SpeedRow> LogOutsAsync(PortalSide portal, StreamProcess clients, SpeedRun run)
    {
        using var http = await AdminAsync(portal);
        var took = new Latencies();
        var lost = 0;
        foreach (var (number, session) in clients.Sessions.OrderBy(one => one.Key).Take(LogOuts))
        {
            var sent = Stopwatch.GetTimestamp();
            using var body = new StringContent("""{"reason":"bench"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri($"/api/admin/sessions/{session}/logout", UriKind.Relative), body);
            answer.EnsureSuccessStatusCode();
            try
            {
                took.Add(Stopwatch.GetElapsedTime(sent, await clients.LoggedOutAsync(number).WaitAsync(Grace)));
            }
            catch (TimeoutException)
            {
                lost++;
            }
        }

        run.Say($"forced logouts: {took}, {lost} lost");
        return new SpeedRow("forced logout → event at the client's stream", "p99 ≤ 100 ms", $"p99 **{took.Percentile(99):F0} ms**, p50 {took.Percentile(50):F1} ms, of {LogOuts}, from the administrator's request on" + (lost > 0 ? $"; **{lost} never came**" : ""),
            took.Percentile(99) <= 100 && lost == 0);
    }

    private static async Task<SpeedRow> CrashAsync(PortalSide portal, StreamProcess clients, SpeedRun run)
    {
        var keys = await File.ReadAllLinesAsync(portal.Keys);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = portal.Address };
        var clock = Stopwatch.StartNew();
        await clients.KillAsync();
        var seen = await Task.WhenAll(clients.Sessions.Keys.Select(number => WatchAsync(http, keys[number], clock)));
        await Task.Delay(TimeSpan.FromSeconds(2));
        var ended = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" WHERE "EndReason" = 'ConnectionLost'""");
        var noticed = seen.Max(one => one.Noticed);
        var (first, last) = (seen.Min(one => one.Free), seen.Max(one => one.Free));
        run.Say($"killed: noticed within {noticed.TotalSeconds:F2} s, free after {first.TotalSeconds:F2} to {last.TotalSeconds:F2} s, {ended} ended");
        var within = TimeSpan.FromMilliseconds(500);
        return new SpeedRow($"a client process with {Few} streams is killed", "noticed in ≤ 1 s; sessions end at the grace (5 s) ± 0.5 s",
            $"noticed within **{noticed.TotalSeconds:F2} s**; another device may log in after **{first.TotalSeconds:F2} to {last.TotalSeconds:F2} s**; {ended} of {Few} ended as lost",
            noticed <= TimeSpan.FromSeconds(1) && first >= Grace - within && last <= Grace + within && ended == Few);
    }

    // Asked as another device asks: how long he is told to wait says what the portal knows of the first.
    private static async Task<(TimeSpan Noticed, TimeSpan Free)> WatchAsync(HttpClient http, string key, Stopwatch clock)
    {
        var noticed = TimeSpan.MaxValue;
        while (clock.Elapsed < 4 * Grace)
        {
            using var body = new StringContent($$"""{"license_key":"{{key}}","device_fingerprint":"another","check_only":true}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/api/validate-license", UriKind.Relative), body);
            if (answer.StatusCode == HttpStatusCode.OK) return (noticed, clock.Elapsed);
            if (noticed == TimeSpan.MaxValue)
            {
                using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
                if (json.RootElement.TryGetProperty("estimated_wait_seconds", out var wait) && wait.GetInt32() <= Grace.TotalSeconds) noticed = clock.Elapsed;
            }

            // As often as one license is served for long.
            await Task.Delay(120);
        }

        return (noticed, clock.Elapsed);
    }

    private static async Task<SpeedRow> MassDropAsync(PortalSide portal, StreamProcess clients)
    {
        var before = await EndedAsync(portal);
        await clients.KillAsync();
        await Task.Delay(3 * Grace);
        var ended = await EndedAsync(portal) - before;
        var noted = await Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionEvents" WHERE "Kind" = 'StreamsDropped'""");
        return new SpeedRow($"a third of all streams ({Third:N0}) drops at once", "nobody is ended; an event says so", $"**{ended:N0} sessions ended**; {noted} events", ended == 0 && noted > 0);
    }

    private static Task<long> EndedAsync(PortalSide portal) => Rows.CountAsync(portal.Database, """SELECT count(*) FROM "SessionHistory" WHERE "EndedAt" IS NOT NULL""");

    private static async Task<HttpClient> AdminAsync(PortalSide portal)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = portal.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await portal.CreateTokenAsync());
        return http;
    }

    private static void NeedFiles()
    {
        var limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        if (limit != "unlimited" && int.Parse(limit, CultureInfo.InvariantCulture) < Files) throw new NotRunException($"a process may open only {limit} files here; {Files:N0} are needed (ulimit -Hn)");
    }
}
