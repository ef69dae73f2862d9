using System.Diagnostics;
using System.Globalization;
using System.Text;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>20 dashboards open on the Online page, 10,000 live sessions: what they cost the server, its clients, and how soon they show a login.</summary>
internal static class Watching
{
    private const int Pages = 20;
    private const int Newcomers = 100;

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<SpeedRow>> RunAsync(SpeedRun run)
    {
        await using var portal = await PortalSide.StartAsync(run.Program, Beats.Many);
        // Apart from the others: those beat, and a beat of a good license begins a session.
        var newcomers = (await portal.Portal.RunAsync("license", "create", "--email", "new@example.com", "--count", Newcomers.ToString(CultureInfo.InvariantCulture))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await portal.ChangeSettingsAsync("""{"session_timeout_seconds":3600}""");
        await portal.LogInAsync(Beats.Many);
        await Beats.WarmUpAsync(portal.Keys, [portal]);
        await Dashboards.CreatePersonAsync(portal);
        await using var pages = await Dashboards.StartAsync(portal, Pages, isIdle: true);
        var (without, with) = (new Turns(), new Turns());
        var before = portal.Megabytes;
        var grown = 0;
        for (var round = 0; round < 3; round++)
        {
            await without.RunAsync(portal, pages, run);
            await pages.OpenAsync();
            if (round == 0) grown = portal.Megabytes - before;
            await with.RunAsync(portal, pages, run);
            if (round < 2) await pages.CloseAsync();
        }

        run.Say($"without {without}\nwith    {with}\nmemory {before} MiB, {grown} more with {Pages} pages open");
        var ratio = with.Full.PerSecond / without.Full.PerSecond;
        return
        [
            new SpeedRow($"{Pages} dashboards, {SteadyBeats.PerSecond} heartbeats a second", "", string.Create(CultureInfo.InvariantCulture,
                $"server {with.Server:P1} of a core, {without.Server:P1} without; {with.Bytes / Pages / 1024:F1} KiB a second and {grown / (double)Pages:F1} MiB of memory for each; the browser {with.Browser:P0} of a core"), null),
            new SpeedRow("heartbeats at full speed, the same dashboards open", "≥ 0.9 × without", string.Create(CultureInfo.InvariantCulture,
                $"{with.Full.PerSecond:N0}/s, without {without.Full.PerSecond:N0}/s: **{ratio:F2}**; {with.Full.Cost:F0} µs of the server's processor a heartbeat, without {without.Full.Cost:F0}; the browser beside it {with.BrowserAtFull:P0} of a core")
                + (with.Full.Bad + without.Full.Bad > 0 ? $"; **{with.Full.Bad + without.Full.Bad:N0} bad answers**" : ""), ratio >= 0.9 && with.Full.Bad + without.Full.Bad == 0),
            await LoginsAsync(portal, newcomers, run),
        ];
    }

    private static async Task<SpeedRow> LoginsAsync(PortalSide portal, IEnumerable<string> newcomers, SpeedRun run)
    {
        // One that is looked at: a page in the background, or of a browser that gets only what is left, would be measured instead.
        await using var pages = await Dashboards.StartAsync(portal, 1, isIdle: false);
        await pages.OpenAsync();
        await using var beats = await SteadyBeats.StartAsync(portal, Beats.Many);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = portal.Address };
        var answered = new Dictionary<Guid, DateTime>();
        foreach (var key in newcomers)
        {
            using var body = new StringContent($$"""{"license_key":"{{key}}","device_fingerprint":"newcomer"}""", Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("/api/validate-license", UriKind.Relative), body);
            var at = TimeProvider.System.GetUtcNow().UtcDateTime;
            using var json = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
            answered[json.RootElement.GetProperty("session_id").GetGuid()] = at;
            // In no step with the pages.
            await Task.Delay(Random.Shared.Next(150, 650));
        }

        await Task.Delay(Calm);
        var (took, missing) = (new Latencies(), 0);
        foreach (var (session, at) in answered)
            if (await pages.SeenAsync(session) is { } seen) took.Add(seen > at ? seen - at : TimeSpan.Zero);
            else missing++;
        run.Say($"login to row: {took}, {missing} never seen");
        var p95 = took.Percentile(95);
        return new SpeedRow("login answered → its row drawn on the Online page of a real browser", "p95 ≤ 500 ms", $"p95 **{p95:F0} ms**, p50 {took.Percentile(50):F0} ms, of {Newcomers}, one page beside the {Pages}" + (missing > 0 ? $"; **{missing} never seen**" : ""),
            p95 <= 500 && missing == 0);
    }

    /// <summary>The same turns with the pages open, and without.</summary>
    private sealed class Turns
    {
        private readonly List<(double Server, double Browser, double BrowserAtFull, double Bytes)> rounds = [];

        /// <summary>Heartbeats as fast as they go.</summary>
        public Median Full { get; } = new();

        /// <summary>At the pace of the field: the server's share of a core.</summary>
        public double Server => rounds.Average(round => round.Server);

        public double Browser => rounds.Average(round => round.Browser);

        public double BrowserAtFull => rounds.Average(round => round.BrowserAtFull);

        /// <summary>A second, to all pages.</summary>
        public double Bytes => rounds.Average(round => round.Bytes);

        public async Task RunAsync(PortalSide portal, Dashboards pages, SpeedRun run)
        {
            (double, double, double) field;
            await using (await SteadyBeats.StartAsync(portal, Beats.Many))
            {
                await Task.Delay(Calm);
                field = await MeasureAsync(portal, pages, run.Turn);
            }

            var (clock, server, browser) = (Stopwatch.StartNew(), portal.ProcessorSeconds, Dashboards.ProcessorSeconds());
            Full.Add(await Wrk.RunAsync(portal.Address, Wrk.Heartbeats, portal.Keys, run.Turn), portal.ProcessorSeconds - server);
            rounds.Add((field.Item1, field.Item2, (Dashboards.ProcessorSeconds() - browser) / clock.Elapsed.TotalSeconds, field.Item3));
        }

        public override string ToString() => $"{Full}; at the pace of the field {Server:P1} of a core, browser {Browser:P0} and {BrowserAtFull:P0} at full speed, {Bytes / 1024:F0} KiB/s";

        private static async Task<(double, double, double)> MeasureAsync(PortalSide portal, Dashboards pages, TimeSpan time)
        {
            var (clock, server, browser, bytes) = (Stopwatch.StartNew(), portal.ProcessorSeconds, Dashboards.ProcessorSeconds(), await pages.ReceivedAsync());
            await Task.Delay(time);
            var seconds = clock.Elapsed.TotalSeconds;
            return ((portal.ProcessorSeconds - server) / seconds, (Dashboards.ProcessorSeconds() - browser) / seconds, (await pages.ReceivedAsync() - bytes) / seconds);
        }
    }
}
