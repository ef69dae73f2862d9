using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>
/// Holds a QuoTrading license: log in, ask <see cref="MayTrade"/> before you open a position, dispose at the end. One file, .NET 8 or later,
/// nothing else. Heartbeats and the stream run by themselves; see docs/client-api.md for what they are.
/// </summary>
/// <param name="server">https://portal.example.com: over http the license key could be read on its way.</param>
/// <param name="key">The license key. Never logged here; log none of it yourself.</param>
/// <param name="app">This program's name on the device: launcher, bot, bot-ES. Programs of one device share its session, and each leaves it for itself.</param>
/// <param name="device">The device's fingerprint: the same in all programs of a device, another on every other device.</param>
/// <remarks>
/// A refusal ends it for good. Without answers <see cref="MayTrade"/> turns false shortly before the server could give the license to
/// another device, and true again when it has confirmed the session. So it does where the stream broke or fell silent and no heartbeat
/// is answered, and after the computer was suspended.
/// </remarks>
public sealed class LicenseSession(Uri server, string key, string app, string device) : IAsyncDisposable
{
    private const double Tick = LicenseFence.Tick;

    // Each request has a connection of its own: one that was kept may be as dead as the stream, without a word.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        BaseAddress = server,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly CancellationTokenSource stop = new(); // nothing is sent any more
    private readonly CancellationTokenSource gone = new(); // nor heard
    private readonly SemaphoreSlim beatNow = new(0);
    private readonly object changing = new();
    private double? ended, doubted;
    private CancellationTokenSource? asking, following; // end the heartbeat, and the stream, that are under way
    private volatile bool beatTwice, givenUp; // what is given up is the open stream, as it was silent
    private string? sessionId;
    private double interval = 30; // seconds; every answer says it anew
    private Task sending = Task.CompletedTask, hearing = Task.CompletedTask;

    /// <summary>Why it is over, for people; null until then.</summary>
    public string? Lost { get; private set; }

    /// <summary>
    /// Whether no other device can have been given the license yet. Never gate closing a position on it; gate opening one. Counted at each
    /// call from what was last heard and answered: it never blocks, and waits for no timer.
    /// </summary>
    public bool MayTrade
    {
        get
        {
            lock (changing) return Lost is null && Fence.MayTrade(Clock());
        }
    }

    /// <summary>Seconds. A test may have a clock of its own.</summary>
    internal Func<double> Clock { get; init; } = LicenseClock.OfThisComputer;

    internal LicenseFence Fence { get; } = new();

    /// <summary>Asks for the license; call it once. False: <see cref="Lost"/> says why not.</summary>
    public async Task<bool> LogInAsync()
    {
        for (var attempt = 0; attempt < 5; attempt++) // repeating is safe: the same device gets the same session
        {
            if (attempt > 0) await Task.Delay(TimeSpan.FromSeconds(attempt));
            if (await AskAsync("/api/main"))
            {
                lock (changing) Fence.Wake(Clock());
                (sending, hearing) = (Task.WhenAll(BeatAsync(), WatchAsync()), FollowAsync());
            }

            if (Fence.Sent is not null || Lost is not null) return Fence.Sent is not null;
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
        await sending;
        var held = Lost is null && Fence.Sent is not null;
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

        await gone.CancelAsync(); // after the release: before it, it would look like a crash
        await hearing;
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

            while (beatNow.Wait(0))
            {
                // Several reasons, one heartbeat.
            }

            var again = beatTwice;
            beatTwice = false;
            var sent = Clock();
            if (!await AskAsync("/api/heartbeat")) delay = Math.Min(interval, 5);
            else if (IsStillSilent(sent)) delay = Math.Min(interval, Fence.Grace / 2);
            else delay = again || Fence.Dropped is not null ? Math.Min(interval, Fence.ToldGrace / 2) : interval;
        }
    }

    /// <summary>
    /// After a heartbeat sent then was answered. The server lives; if the stream is still silent, it does not, and is opened anew. Until it
    /// is, heartbeats keep the server from counting the grace: nobody knows when it will see the old one drop. But not for ever: a proxy
    /// may have begun to keep streams for itself.
    /// </summary>
    private bool IsStillSilent(double sent)
    {
        lock (changing)
        {
            var now = Clock();
            if (Fence.Heard is not { } heard || now < Fence.Doubt) return false;
            if (following is null && sent > heard + Fence.Timeout)
            {
                Fence.ForgetStream();
                return false;
            }

            // By a timer: this thread holds the lock, and would run what waits for it.
            if (following is not null && Fence.IsQuiet(now) && sent >= Fence.Doubt)
            {
                givenUp = true;
                following.CancelAfter(1);
            }

            return true;
        }
    }

    private async Task WatchAsync()
    {
        while (!stop.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromSeconds(Look()), stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>A heartbeat asks where the computer was suspended, and where the stream has been silent for too long.</summary>
    /// <returns>After how many seconds to look again.</returns>
    internal double Look()
    {
        lock (changing)
        {
            var now = Clock();
            var beat = Fence.TakePulse(now);
            if (now >= Fence.Doubt && doubted != Fence.Heard)
            {
                doubted = Fence.Heard;
                beat = true;
                asking?.CancelAfter(1); // it may hang as the stream does
            }

            if (beat) beatNow.Release();
            return now < Fence.Doubt ? Math.Min(Tick, Fence.Doubt - now) : Tick;
        }
    }

    /// <returns>Whether the server confirmed the session.</returns>
    private async Task<bool> AskAsync(string path)
    {
        var sent = Clock();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        lock (changing) asking = limit;
        try
        {
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
        finally
        {
            lock (changing) asking = null;
        }

        return false;
    }

    private async Task FollowAsync()
    {
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            var isOpen = givenUp = false;
            var wait = Math.Min(30, 0.2 * Math.Pow(2, failures)) * (0.5 + Random.Shared.NextDouble());
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            using var open = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
            try
            {
                var sent = Clock();
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session/stream") { Content = JsonContent.Create(Body()) };
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode == HttpStatusCode.Forbidden) beatNow.Release(); // the heartbeat learns why
                else if (!response.IsSuccessStatusCode && (int)response.StatusCode < 500) wait = 300; // no streams: heartbeats alone
                else if (response.IsSuccessStatusCode)
                {
                    isOpen = true; // also before the first event: a proxy may keep it for itself
                    if (await ReadAsync(response.Content, sent, open)) failures = 0;
                    lock (changing) Fence.ForgetStream(); // ended by the server: that is no drop
                    wait = 1 + Random.Shared.NextDouble();
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or JsonException or InvalidOperationException)
            {
                // Broken off, silent, or never there. The server may have had it open, so it hears from us: twice, for the first
                // heartbeat may be there before the drop is.
                lock (changing)
                {
                    if (isOpen && !givenUp) Fence.Drop(Clock());
                    if (following is not null) failures = 0;
                }

                if (givenUp)
                {
                    wait = 0; // the server may take the end of the old one for a drop
                }
                else
                {
                    beatTwice = true;
                    beatNow.Release();
                }
            }
            finally
            {
                lock (changing) following = null;
            }

            if (stop.IsCancellationRequested) return;
            await Task.Delay(TimeSpan.FromSeconds(wait), stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Until the server ends it.</summary>
    /// <returns>Whether it was the portal's.</returns>
    private async Task<bool> ReadAsync(HttpContent content, double sent, CancellationTokenSource limit)
    {
        using var body = await content.ReadAsStreamAsync(limit.Token);
        var decoder = Encoding.UTF8.GetDecoder();
        var (bytes, letters, name, rest, greeted) = (new byte[4096], new char[4097], "", "", false);
        while (true)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(35));
            if (await body.ReadAsync(bytes, limit.Token) is var read && read == 0) return greeted;
            var now = Clock();
            var lines = (rest + new string(letters, 0, decoder.GetChars(bytes, 0, read, letters, 0))).Split('\n');
            rest = lines[^1].Length < 65536 ? lines[^1] : throw new IOException("An event without end.");
            foreach (var line in lines[..^1].Select(text => text.TrimEnd('\r')))
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                if (!line.StartsWith("data: ", StringComparison.Ordinal) || JsonNode.Parse(line[6..]) is not JsonObject data) continue;
                if (name == "hello") greeted |= Greet(data, sent, limit);
                if (name == "settings") Take(data);
                if (name == "logged_out" && (string?)data["reason"] is "timed_out" or "connection_lost" or "released") AskAgain();
                else if (name == "logged_out") End((string?)data["message"]);
            }

            lock (changing)
                if (greeted) Fence.Hear(now);
        }
    }

    private bool Greet(JsonObject hello, double sent, CancellationTokenSource limit)
    {
        lock (changing)
        {
            if (!Confirm(hello, sent, byStream: true)) return false;
            Fence.Greet(hello["keepalive_seconds"] is JsonValue told && told.TryGetValue(out double seconds) && seconds is >= 0.1 and <= 86400 ? seconds : null, sent);
            following = limit;
            return true;
        }
    }

    private bool Confirm(JsonObject answer, double sent, bool byStream)
    {
        lock (changing)
        {
            if (sent < ended) return false; // the server said so before it ended the session
            Take(answer);
            sessionId = (string?)answer["session_id"];
            Fence.Confirm(sent, byStream);
            return true;
        }
    }

    private void Take(JsonObject answer)
    {
        lock (changing)
        {
            interval = Math.Clamp((double?)answer["heartbeat_interval_seconds"] ?? interval, 1, 86400);
            Fence.Timeout = (double?)answer["session_timeout_seconds"] ?? Fence.Timeout;
            Fence.ToldGrace = (double?)answer["disconnect_grace_seconds"] ?? Fence.ToldGrace;
        }
    }

    private void AskAgain()
    {
        lock (changing)
        {
            (sessionId, ended) = (null, Clock());
            Fence.Revoke();
        }

        beatNow.Release();
    }

    private void End(string? message)
    {
        Lost = message ?? "The license is no longer held.";
        stop.Cancel();
        gone.Cancel();
    }

    private JsonObject Body()
    {
        var body = new JsonObject { ["license_key"] = key, ["device_fingerprint"] = device, ["app"] = app };
        if (sessionId is not null) body["session_id"] = sessionId;
        return body;
    }
}

/// <summary>
/// Until when may a program rely on its session, whatever becomes of the network? Arithmetic on a clock, in seconds; the same as in the
/// Python client.
/// </summary>
/// <remarks>
/// The server ends a session the timeout after the last message that it received, so it is counted from when the last answered one was
/// sent. After a dropped stream it ends it after the grace, unless it hears something later than the drop. A drop may be seen by the
/// server alone: a router forgot the stream, and this end just hears nothing any more. Of a server that sends a comment every
/// <see cref="Keepalive"/> seconds the drop is therefore counted from the last sign: what was heard, or the sending of a message that
/// was answered. That goes on until a stream is open again.
/// </remarks>
internal sealed class LicenseFence
{
    /// <summary>How often the watch looks at the clock.</summary>
    public const double Tick = 0.5;

    private double pulse = double.NegativeInfinity;
    private double? paused;
    private (double Before, double After) stood = (0, double.NegativeInfinity); // the latest standstill: the last pulse before it, the first after it

    /// <summary>A watch that stood still for so long: suspended, or stopped.</summary>
    public double Pause { get; set; } = 5;

    /// <summary>How long before the end of the grace no position is opened any more.</summary>
    public double Margin { get; set; } = 0.5;

    public double Timeout { get; set; } = 90;

    public double ToldGrace { get; set; } = 5;

    /// <summary>Less than a second cannot be followed.</summary>
    public double Grace => Math.Max(1, ToldGrace);

    /// <summary>When the last answered message was sent.</summary>
    public double? Sent { get; private set; }

    public double? Dropped { get; private set; }

    /// <summary>Null: an older server, whose comments come too rarely to count by them.</summary>
    public double? Keepalive { get; private set; }

    /// <summary>When the stream last gave a sign. Null: there is none whose drop could go unnoticed.</summary>
    public double? Heard { get; private set; }

    /// <summary>When a heartbeat has to ask, if nothing is heard until then.</summary>
    public double Doubt => Heard is not { } heard || Keepalive is not { } every ? double.PositiveInfinity
        : heard + (Grace >= 1.75 * every + 1 ? 1.75 * every : Math.Min(1.75 * every, Grace / 2));

    public bool MayTrade(double now) =>
        Sent is { } sent && now < sent + Timeout - Math.Min(5, Timeout / 10)
        && (Dropped is not { } drop || now < drop + ToldGrace * 0.9)
        && paused is null && now - pulse <= Pause
        && (Keepalive is null || Heard is not { } heard || now < Math.Max(heard, sent) + Grace - Math.Min(Margin, Grace / 4));

    /// <summary>So long that the stream is not trusted any more, even if the server answers.</summary>
    public bool IsQuiet(double now) => Heard is { } heard && Keepalive is { } every && now >= heard + 1.75 * every;

    /// <summary>The server confirmed the session by the answer to what was sent then.</summary>
    public void Confirm(double sent, bool byStream)
    {
        Sent = Math.Max(sent, Sent ?? sent);
        // A heartbeat may overtake the drop on its way to the server; a new stream settles it.
        if (Dropped is { } drop && sent >= drop + (byStream ? 0 : Math.Min(1, ToldGrace / 3))) Dropped = null;
        if (sent >= paused) paused = null;
    }

    public void Drop(double at) => Dropped ??= at;

    /// <summary>The server says that the session has ended.</summary>
    public void Revoke() => Sent = null;

    /// <summary>A stream that was asked for then is open.</summary>
    public void Greet(double? keepalive, double sent)
    {
        Keepalive = keepalive;
        Heard = Math.Max(sent, Heard ?? sent);
    }

    /// <summary>Something came over the open stream. What is read right after a standstill of this process may have come before it.</summary>
    public void Hear(double now)
    {
        var at = IsLate(now) ? pulse : now < stood.After + Tick / 2 ? stood.Before : now;
        if (Heard is { } heard) Heard = Math.Max(heard, at);
    }

    /// <summary>The server has ended the stream itself: no grace runs.</summary>
    public void ForgetStream() => Heard = null;

    public void Wake(double now) => pulse = now;

    /// <returns>Whether nobody called it for so long that the session must be confirmed first.</returns>
    public bool TakePulse(double now)
    {
        var late = now - pulse > Pause;
        if (IsLate(now)) stood = (pulse, now);
        pulse = now;
        if (late) paused = now;
        return late;
    }

    private bool IsLate(double now) => now - pulse > 1.5 * Tick;
}

/// <summary>
/// Seconds that also pass while the computer sleeps. The monotonic clock may stand still then, and the wall clock may be set: what the
/// wall clock gains on the other counts, and what it loses does not.
/// </summary>
internal sealed class LicenseClock(Func<double> monotonic, Func<double> wall)
{
    private static readonly LicenseClock Own = new(() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, () => DateTime.UtcNow.Ticks / (double)TimeSpan.TicksPerSecond);

    private readonly object changing = new();
    private double slept;
    private double? lead;

    public static double OfThisComputer() => Own.Now();

    public double Now()
    {
        lock (changing)
        {
            double before, between, after;
            do (before, between, after) = (monotonic(), wall(), monotonic());
            while (after - before > 0.05); // interrupted between the two, which would look like a sleep

            var gained = between - after - (lead ??= between - after);
            if (Math.Abs(gained) < 0.25) return after + slept; // what a time server corrects little by little
            lead += gained;
            slept += Math.Max(0, gained);
            return after + slept;
        }
    }
}
