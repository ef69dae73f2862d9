using System.Diagnostics;
using System.Text;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>Heartbeats at the pace of the field, as long as it is not disposed: what goes on while something else is measured.</summary>
internal sealed class SteadyBeats : IAsyncDisposable
{
    /// <summary>10,000 bots, each once in 30 s.</summary>
    public const int PerSecond = 333;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(30);

    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http;
    private readonly IReadOnlyList<string> keys;
    private readonly int perSecond;
    private readonly Task running;
    private int bad;

    private SteadyBeats(Uri address, IReadOnlyList<string> keys, int perSecond)
    {
        this.perSecond = perSecond;
        this.keys = keys;
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 32 }) { BaseAddress = address };
        running = RunAsync();
    }

    /// <summary>Heartbeats without a good answer.</summary>
    public int Bad => bad;

    /// <param name="bots">The devices of so many of the first licenses, which must be logged in, in turn.</param>
    public static async Task<SteadyBeats> StartAsync(PortalSide portal, int bots, int perSecond = PerSecond) =>
        new(portal.Address, [.. (await File.ReadAllLinesAsync(portal.Keys)).Take(bots)], perSecond);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        http.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var clock = Stopwatch.StartNew();
        var sent = 0;
        var waiting = new List<Task>();
        using var pace = new PeriodicTimer(Step);
        while (!stop.IsCancellationRequested)
        {
            waiting.RemoveAll(task => task.IsCompleted);
            // A server that is behind is not asked ever more.
            for (var due = (int)(clock.Elapsed.TotalSeconds * perSecond); sent < due; sent++)
                if (waiting.Count < perSecond) waiting.Add(BeatAsync(sent % keys.Count));
                else Interlocked.Increment(ref bad);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(waiting);
    }

    private async Task BeatAsync(int bot)
    {
        try
        {
            using var body = new StringContent($$$"""
                {"license_key":"{{{keys[bot]}}}","device_fingerprint":"{{{bot + 1:x16}}}","bot_version":"2.0.0","status":"online","metadata":{"symbol":"ES","shadow_mode":false,"session_pnl":{{{bot % 100}}}.5,"total_trades":3,"current_position":1,"position_pnl":{{{Environment.TickCount64 % 1000}}}.25}}
                """, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("/api/heartbeat", UriKind.Relative), body, CancellationToken.None);
            if (!response.IsSuccessStatusCode) Interlocked.Increment(ref bad);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref bad);
        }
    }
}
