using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Requests over real HTTP, from where the device's computer is, and what their answers say.</summary>
public sealed class Wire : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, HttpClient> byAddress = new(StringComparer.Ordinal);
    private readonly Uri portal;

    public Wire(Uri portal, string token)
    {
        this.portal = portal;
        Administrator = Create(portal, "127.0.0.1");
        Administrator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Administrator { get; }

    public async Task<Action<Operation>> AskAsync(LicenseLayout license, Operation asked, Caller caller, CancellationToken cancel)
    {
        var body = Body(license, asked, caller);
        if (asked.Ask == Ask.Check) body["check_only"] = true;
        if (asked.HandsOver) body["handover"] = true;
        var path = asked.Ask switch
        {
            Ask.Login => caller.ByLauncher ? "/api/main" : "/api/validate-license",
            Ask.Check => "/api/validate-license",
            Ask.Heartbeat => "/api/heartbeat",
            Ask.Release => "/api/session/release",
            _ => "/api/session/clear",
        };
        var (status, text) = await SendAsync(From(asked.Address), HttpMethod.Post, path, body, cancel);
        return operation => Read(operation, status, text);
    }

    /// <summary>Opens a session stream, and reads what it says first. An open one must be disposed.</summary>
    public async Task<(Action<Operation> Read, StreamLine? Line)> OpenAsync(LicenseLayout license, Operation asked, Caller caller, CancellationToken cancel)
    {
        using var content = Json(Body(license, asked, caller));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/session/stream", UriKind.Relative)) { Content = content };
        var response = await From(asked.Address).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode && await StreamLine.BeginAsync(response, cancel) is var (line, hello)) return (operation => Read(operation, 200, hello), line);
        using (response)
        {
            var (status, text) = ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
            return (operation => Read(operation, status, text), null);
        }
    }

    public async Task<Action<Operation>> LogOutAsync(string session, bool keepOut, CancellationToken cancel)
    {
        var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["reason"] = "chosen by lot" };
        if (keepOut) body["keep_out_minutes"] = 1;
        var (status, text) = await SendAsync(Administrator, HttpMethod.Post, $"/api/admin/sessions/{session}/logout", body, cancel);
        return operation => Read(operation, status, text);
    }

    /// <summary>The number of the license with this key.</summary>
    public async Task<long> FindAsync(string key)
    {
        using var response = await Administrator.GetAsync(new Uri($"/api/admin/licenses?search={Uri.EscapeDataString(key)}", UriKind.Relative));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("licenses")[0].GetProperty("id").GetInt64();
    }

    public static async Task<(int Status, string Text)> SendAsync(HttpClient client, HttpMethod method, string path, object body, CancellationToken cancel)
    {
        using var content = Json(body);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        using var response = await client.SendAsync(request, cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
    }

    public void Dispose()
    {
        foreach (var client in byAddress.Values) client.Dispose();
        Administrator.Dispose();
    }

    /// <summary>Writes down what the answer says.</summary>
    public static void Read(Operation operation, int status, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            Read(operation, status, json.RootElement);
        }
        catch (JsonException)
        {
            operation.Told = Told.Fault;
        }

        if (operation.Told == Told.Fault) operation.Text = $"{status} {text}";
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private HttpClient From(string address) => byAddress.TryGetValue(address, out var known) ? known : byAddress.GetOrAdd(address, Create(portal, address));

    private static Dictionary<string, object> Body(LicenseLayout license, Operation asked, Caller caller)
    {
        var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["license_key"] = license.Key, ["device_fingerprint"] = license.Devices[asked.Device].Fingerprint };
        if (caller.Symbol is not null) body["symbol"] = caller.Symbol;
        if (asked.Named is not null) body["session_id"] = asked.Named;
        if (asked.App is not null) body["app"] = asked.App;
        if (asked.Proves && caller.Install is not null) body["install"] = caller.Install;
        if (asked.Token is not null) body["session_token"] = asked.Token;
        return body;
    }

    private static void Read(Operation operation, int status, JsonElement answer)
    {
        var code = Get(answer, "code");
        operation.Told = (status, code, operation.Ask) switch
        {
            (200, null, Ask.Login or Ask.Heartbeat or Ask.Stream) when Get(answer, "session_id") is not null => Told.Holds,
            (200, null, Ask.Check) when Get(answer, "session_id") is null => Told.WouldHold,
            (200, null, Ask.Release) => Get(answer, "status") != "success" ? Told.NothingHeld : operation.HandsOver ? Told.HandedOver : Told.Released,
            (200, null, Ask.Clear) => Told.Cleared,
            (200, null, Ask.LogOut) => Told.Ended,
            (403, "session_conflict", not (Ask.Release or Ask.Clear)) when Is(answer, "session_conflict") => Told.Conflict,
            (403, "forced_logout", not (Ask.Release or Ask.Clear)) when Is(answer, "session_conflict") && Is(answer, "force_logout") => Told.ForcedOut,
            (403, "kept_out", not (Ask.Release or Ask.Clear)) when Is(answer, "session_conflict") && Is(answer, "force_logout") => Told.KeptOut,
            (403, "session_ended", Ask.Heartbeat or Ask.Stream) => Told.SessionOver,
            (403, "login_required", not Ask.LogOut) when !Is(answer, "session_conflict") => Told.LoginRequired,
            (429, "too_many_requests", not Ask.LogOut) => Told.TooMany,
            (429, "too_many_devices" or "too_many_sessions", Ask.Login or Ask.Heartbeat) => Told.TooManyToday,
            (401 or 403, "license_suspended" or "license_cancelled" or "license_expired", Ask.Login or Ask.Check or Ask.Heartbeat or Ask.Stream) when !Is(answer, "session_conflict") => Told.LicenseBad,
            _ => Told.Fault,
        };
        // A bot that reads license_valid: false stops trading; so it is said of bad licenses alone.
        var isBad = answer.TryGetProperty("license_valid", out var valid) && valid.ValueKind == JsonValueKind.False;
        if (isBad != (operation.Told == Told.LicenseBad)) operation.Told = Told.Fault;
        operation.SessionId = operation.Told switch
        {
            Told.Holds => Get(answer, "session_id"),
            Told.HandedOver => operation.Named,
            _ => null,
        };
        if (operation.Told == Told.Holds) operation.Timeout = TimeSpan.FromSeconds(answer.GetProperty("session_timeout_seconds").GetInt32());
        if (operation.Told == Told.Holds) operation.NewToken = Get(answer, "session_token");
        operation.Problem = operation.Told == Told.LicenseBad ? code : null;
        operation.ActiveDevice = Get(answer, "active_device");
        operation.EndReason = Get(answer, "end_reason");
        if (operation.Told != Told.Cleared) return;
        operation.Count = answer.GetProperty("sessions_cleared").GetInt32();
        if (Get(answer, "message") != (operation.Count > 0 ? "Stale sessions cleared" : "No stale sessions found")) operation.Told = Told.Fault;
    }

    private static bool Is(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Get(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static HttpClient Create(Uri portal, string address)
    {
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
#pragma warning restore CA2000
        return new HttpClient(handler) { BaseAddress = portal, Timeout = Patience };
    }
}
