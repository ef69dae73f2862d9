using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>An answer, and how long it took.</summary>
/// <param name="RetryAfter">Seconds; null where the header is missing.</param>
internal sealed record Reply(int Status, string Text, int? RetryAfter, TimeSpan Took)
{
    /// <summary>A text of the JSON; null where there is none of that name.</summary>
    public string? Get(string name)
    {
        if (!Text.StartsWith('{')) return null;
        using var json = JsonDocument.Parse(Text);
        return json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
    }
}

/// <summary>A running portal to do harm to: its licenses, a token, and ways to ask it.</summary>
internal sealed class Bed : IAsyncDisposable
{
    private const string Anywhere = "127.0.0.1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);
    private string token = "";

    private Bed(PortalUnderTest portal) => Portal = portal;

    public PortalUnderTest Portal { get; }

    public string FilePath => Path.Combine(Portal.Folder, "portal.db");

    /// <param name="timeout">Seconds; null leaves the default of 90 s.</param>
    /// <param name="interval">Seconds between heartbeats, with <paramref name="timeout"/>.</param>
    public static async Task<Bed> StartAsync(FaultRun run, int? timeout = null, int? interval = null, string? folder = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var bed = new Bed(new PortalUnderTest(run.Program, folder, settings));
        try
        {
            await bed.Portal.StartAsync();
            bed.token = (await bed.Portal.RunAsync("token", "create", "--name", "faults", "--role", "Administrator")).Trim();
            if (timeout is not null)
            {
                var set = await bed.AdminAsync(HttpMethod.Put, "/api/admin/settings", new { session_timeout_seconds = timeout, heartbeat_interval_seconds = interval });
                if (set.Status != 200) throw new InvalidOperationException($"The settings were refused: {set.Status} {set.Text}");
            }

            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keys of new licenses with one seat.</summary>
    public async Task<string[]> CreateKeysAsync(int count) =>
        (await Portal.RunAsync("license", "create", "--email", "fault@example.com", "--count", count.ToString()))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <exception cref="HttpRequestException">No answer came.</exception>
    /// <param name="address">Of the client's computer.</param>
    public Task<Reply> PostAsync(string path, object body, string address = Anywhere) => SendAsync(HttpMethod.Post, path, body, address, bearer: null);

    /// <inheritdoc cref="PostAsync"/>
    public Task<Reply> AdminAsync(HttpMethod method, string path, object? body, string address = Anywhere) => SendAsync(method, path, body, address, token);

    public Task<Reply> LogInAsync(string key, string device, string address = Anywhere) =>
        PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = device }, address);

    public Task<Reply> BeatAsync(string key, string device, string address = Anywhere) =>
        PostAsync("/api/heartbeat", new { license_key = key, device_fingerprint = device }, address);

    public Task<Reply> ReleaseAsync(string key, string device, string address = Anywhere) =>
        PostAsync("/api/session/release", new { license_key = key, device_fingerprint = device }, address);

    /// <summary>Whether the light of the database, and with it <c>/health/ready</c>, is red.</summary>
    public async Task<bool> IsRedAsync()
    {
        var ready = await SendAsync(HttpMethod.Get, "/health/ready", null, Anywhere, bearer: null);
        return ready.Status == 503 && ready.Text.Contains("\"database\":\"unhealthy\"", StringComparison.Ordinal);
    }

    /// <summary>Asks until it is answered 200.</summary>
    /// <returns>How long that took; null if it was not within <paramref name="limit"/>.</returns>
    public static async Task<TimeSpan?> UntilServedAsync(Func<Task<Reply>> ask, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < limit)
        {
            if ((await ask()).Status == 200) return watch.Elapsed;
            await Task.Delay(20);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values) client.Dispose();
        await Portal.DisposeAsync();
    }

    /// <summary>A connection from this address, as from a computer of its own.</summary>
    public static async Task<Socket> ConnectAsync(string from, int port, CancellationToken cancel = default)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, object? body, string address, string? bearer)
    {
        var watch = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        if (bearer is not null) request.Headers.Authorization = new("Bearer", bearer);
        try
        {
            using var response = await From(address).SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return new Reply((int)response.StatusCode, text, (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds, watch.Elapsed);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            throw new HttpRequestException(lost.Message, lost);
        }
    }

    private HttpClient From(string address)
    {
        lock (clients)
        {
            if (clients.TryGetValue(address, out var known)) return known;
#pragma warning disable CA2000 // The client disposes it.
            var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (context, cancel) => new NetworkStream(await ConnectAsync(address, context.DnsEndPoint.Port, cancel), ownsSocket: true),
            };
#pragma warning restore CA2000
            return clients[address] = new HttpClient(handler) { BaseAddress = Portal.Address, Timeout = Patience };
        }
    }
}
