using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>
/// Holds a QuoTrading license: log in, ask <see cref="MayTrade"/> before each order, dispose at the end. One file, .NET 8 or later,
/// nothing else. Heartbeats and the stream run by themselves; see docs/client-api.md for what they are.
/// </summary>
/// <param name="server">https://portal.example.com: over http the license key could be read on its way.</param>
/// <param name="key">The license key. Never logged here; log none of it yourself.</param>
/// <param name="app">This program's name on the device: launcher, bot, bot-ES. Programs of one device share its session, and each leaves it for itself.</param>
/// <param name="device">The device's fingerprint: the same in all programs of a device, another on every other device.</param>
/// <remarks>
/// A refusal ends it for good. Without answers <see cref="MayTrade"/> turns false shortly before the server could give the license to
/// another device, and true again when it has confirmed the session.
/// </remarks>
public sealed class LicenseSession(Uri server, string key, string app, string device) : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim beatNow = new(0);
    private readonly object changing = new();
    private (long Ticks, DateTime Utc)? confirmed, dropped, ended;
    private volatile bool beatTwice;
    private string? sessionId;
    private double interval = 30, timeout = 90, grace = 5; // seconds; every answer says them anew
    private Task running = Task.CompletedTask;

    /// <summary>Why it is over, for people; null until then.</summary>
    public string? Lost { get; private set; }

    /// <summary>Whether no other device can have been given the license yet.</summary>
    public bool MayTrade
    {
        get
        {
            lock (changing)
                return Lost is null && confirmed is { } sent && SecondsSince(sent) < timeout - Math.Min(5, timeout / 10)
                    && (dropped is not { } drop || SecondsSince(drop) < grace * 0.9);
        }
    }

    /// <summary>Asks for the license; call it once. False: <see cref="Lost"/> says why not.</summary>
    public async Task<bool> LogInAsync()
    {
        for (var attempt = 0; attempt < 5; attempt++) // repeating is safe: the same device gets the same session
        {
            if (attempt > 0) await Task.Delay(TimeSpan.FromSeconds(attempt));
            if (await AskAsync("/api/main")) running = Task.WhenAll(BeatAsync(), FollowAsync());
            if (confirmed is not null || Lost is not null) return confirmed is not null;
        }

        Lost = "The license server cannot be reached.";
        return false;
    }

    /// <summary>Gives the license back; waits for the server for at most 3 s.</summary>
    public ValueTask DisposeAsync() => LeaveAsync("The license has been given back.", handOver: false);

    /// <summary>
    /// For a launcher that starts the bot and closes: instead of disposing, just before the bot is started. The bot has the whole session
    /// timeout to log in, and goes on with the same session; waits for the server for at most 3 s.
    /// </summary>
    public ValueTask HandOverAsync() => LeaveAsync("The license has been handed over.", handOver: true);

    private async ValueTask LeaveAsync(string why, bool handOver)
    {
        await stop.CancelAsync();
        await running;
        var held = Lost is null && confirmed is not null;
        Lost ??= why;
        var body = Body();
        if (handOver) body["handover"] = true;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            if (held) (await http.PostAsJsonAsync("/api/session/release", body, limit.Token)).Dispose();
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            // The server sees the stream's end, or that the heartbeats stop.
        }

        http.Dispose();
    }

    private async Task BeatAsync()
    {
        var delay = interval;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await beatNow.WaitAsync(TimeSpan.FromSeconds(delay * (0.9 + Random.Shared.NextDouble() / 5)), stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var again = beatTwice;
            beatTwice = false;
            delay = !await AskAsync("/api/heartbeat") ? Math.Min(interval, 5) : again || dropped is not null ? Math.Min(interval, grace / 2) : interval;
        }
    }

    /// <returns>Whether the server confirmed the session.</returns>
    private async Task<bool> AskAsync(string path)
    {
        var sent = Now();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            using var response = await http.PostAsJsonAsync(path, Body(), limit.Token);
            var answer = await response.Content.ReadFromJsonAsync<JsonObject>(limit.Token);
            if (response.StatusCode == HttpStatusCode.OK && answer?["session_id"] is not null) return Confirm(answer, sent, byStream: false);
            var refused = response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized && (string?)answer?["status"] == "error";
            if (refused && (string?)answer!["code"] == "session_ended" && sessionId is not null) AskAgain(); // it timed out: the next beat asks for the seat
            else if (refused) End((string?)answer!["message"]);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException)
        {
            // No answer of the portal's. MayTrade is a matter of time.
        }

        return false;
    }

    private async Task FollowAsync()
    {
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            var open = false;
            var wait = Math.Min(30, 0.2 * Math.Pow(2, failures)) * (0.5 + Random.Shared.NextDouble());
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                limit.CancelAfter(TimeSpan.FromSeconds(10));
                var sent = Now();
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session/stream") { Content = JsonContent.Create(Body()) };
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode == HttpStatusCode.Forbidden) beatNow.Release(); // the heartbeat learns why
                else if (!response.IsSuccessStatusCode && (int)response.StatusCode < 500) wait = 300; // no streams: heartbeats alone
                else if (response.IsSuccessStatusCode)
                {
                    open = true; // also before the first event: a proxy may keep it for itself
                    using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
                    var name = "";
                    while (true)
                    {
                        limit.CancelAfter(TimeSpan.FromSeconds(35)); // the server sends a comment every 10 s
                        if (await reader.ReadLineAsync(limit.Token) is not { } line) break; // ended by the server: that is no drop
                        if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                        if (!line.StartsWith("data: ", StringComparison.Ordinal) || JsonNode.Parse(line[6..]) is not JsonObject data) continue;
                        if (name == "hello") failures = Confirm(data, sent, byStream: true) ? 0 : failures;
                        if (name == "settings") Take(data);
                        if (name == "logged_out" && (string?)data["reason"] is "timed_out" or "connection_lost" or "released") AskAgain();
                        else if (name == "logged_out") End((string?)data["message"]);
                    }

                    wait = 1 + Random.Shared.NextDouble();
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or JsonException or InvalidOperationException)
            {
                // Broken off, silent, or never there. The server may have had it open, so it hears from us: twice, for the first
                // heartbeat may be there before the drop is.
                if (open) lock (changing) dropped ??= Now();
                beatTwice = true;
                beatNow.Release();
            }

            if (stop.IsCancellationRequested) return;
            await Task.Delay(TimeSpan.FromSeconds(wait), stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private bool Confirm(JsonObject answer, (long Ticks, DateTime Utc) sent, bool byStream)
    {
        lock (changing)
        {
            if (ended is { } end && sent.Ticks < end.Ticks) return false; // the server said so before it ended the session
            Take(answer);
            sessionId = (string?)answer["session_id"];
            confirmed = sent; // from when it was sent: the server counts from when it came, which is later
            if (dropped is { } drop && (byStream || Stopwatch.GetElapsedTime(drop.Ticks, sent.Ticks).TotalSeconds > Math.Min(1, grace / 3))) dropped = null;
            return true;
        }
    }

    private void Take(JsonObject answer)
    {
        interval = Math.Clamp((double?)answer["heartbeat_interval_seconds"] ?? interval, 1, 86400);
        timeout = (double?)answer["session_timeout_seconds"] ?? timeout;
        grace = (double?)answer["disconnect_grace_seconds"] ?? grace;
    }

    private void AskAgain()
    {
        lock (changing) (sessionId, confirmed, ended) = (null, null, Now());
        beatNow.Release();
    }

    private void End(string? message)
    {
        Lost = message ?? "The license is no longer held.";
        stop.Cancel();
    }

    private JsonObject Body()
    {
        var body = new JsonObject { ["license_key"] = key, ["device_fingerprint"] = device, ["app"] = app };
        if (sessionId is not null) body["session_id"] = sessionId;
        return body;
    }

    private static (long Ticks, DateTime Utc) Now() => (Stopwatch.GetTimestamp(), DateTime.UtcNow);

    // The monotonic clock may stand still while the computer sleeps, the other may be set back: the larger of both.
    private static double SecondsSince((long Ticks, DateTime Utc) then) =>
        Math.Max(Stopwatch.GetElapsedTime(then.Ticks).TotalSeconds, (DateTime.UtcNow - then.Utc).TotalSeconds);
}
