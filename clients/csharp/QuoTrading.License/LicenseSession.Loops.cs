using System;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

// What runs while the license is held beside the stream: heartbeats, and a watch that looks at the clock; and how each request is asked.
public sealed partial class LicenseSession
{
    internal const string LoginPath = "/api/main", HeartbeatPath = "/api/heartbeat", StreamPath = "/api/session/stream", ReleasePath = "/api/session/release";
    private const double Tick = LicenseFence.Tick;
    private const double LongestRequest = 10;
    private const double OlderDoubt = 15; // of an older portal, with a comment every 10 s: after one missed one a heartbeat asks

    /// <summary>Shared by all, as two that are made in the same instant would have the same numbers.</summary>
    private static readonly Random Chance = new();

    private static double Spread(double least, double most)
    {
        lock (Chance) return least + (most - least) * Chance.NextDouble();
    }

    private async Task BeatAsync(LicenseRun by)
    {
        var (failures, delay) = (0, Fence.Interval * Spread(0.9, 1.1));
        while (true)
        {
            await by.WaitForBeatAsync(delay).ConfigureAwait(false);
            if (by.IsStopped) return;
            var again = by.TakeTwice();
            var sent = Clock();
            var retry = await BeatOnceAsync(by).ConfigureAwait(false);
            if (by.IsStopped) return;
            failures = retry is null ? 0 : failures + 1;
            var backoff = Math.Min(Math.Min(0.5 * Math.Pow(2, Math.Min(failures, 5)), 10) * Spread(0.7, 1.3), Fence.Interval);
            // Not so long that the session is over meanwhile, whatever a proxy asks for.
            delay = retry is { } after ? Math.Max(backoff, Math.Min(after, Math.Max(Fence.Interval, Fence.Timeout / 3))) : NextBeat(by, sent, again);
        }
    }

    private double NextBeat(LicenseRun by, double sent, bool again)
    {
        var isSilent = IsStillSilent(by, sent);
        lock (changing)
        {
            var delay = Fence.Interval * Spread(0.9, 1.1);
            if (again || Fence.Dropped is not null) delay = Math.Min(delay, Math.Max(0.1, Fence.ToldGrace / 2));
            return isSilent ? Math.Min(delay, Fence.Grace / 2) : delay;
        }
    }

    /// <returns>Null if it was confirmed, or settled the matter; else in how many seconds the server wants the next.</returns>
    private async Task<double?> BeatOnceAsync(LicenseRun by)
    {
        try
        {
            var named = SessionId;
            var sent = Clock();
            var answer = await AskAsync(by, HeartbeatPath, Body(named)).ConfigureAwait(false);
            if (answer.Refuses && answer.Reason.Code == LicenseReasonCode.SessionEnded && named is not null)
            {
                Revoke(by, answer.Reason, named);
                sent = Clock();
                answer = await AskAsync(by, HeartbeatPath, Body()).ConfigureAwait(false);
            }

            if (answer.Refuses && answer.Reason.Code == LicenseReasonCode.LoginRequired)
            {
                Revoke(by, answer.Reason, null);
                sent = Clock();
                answer = await AskAsync(by, LoginPath, LoginBody()).ConfigureAwait(false);
            }

            if (answer.Grants || answer.GrantsAsOlder) Confirm(by, answer.Body, sent, byStream: false);
            else if (answer.Refuses) End(by, answer.Reason);
            else return NotAnswered(answer);
            return null;
        }
        catch (Exception failure) // of many types, according to the framework
        {
            if (!by.IsStopped) Log($"No answer to a heartbeat: {failure.GetType().Name}.");
            return 0;
        }
    }

    private double NotAnswered(LicenseAnswer answer)
    {
        Log(answer.IsUnsigned ? "The answer to a heartbeat is not signed as it should be." : $"A heartbeat was answered {answer.Status}.");
        return answer.RetryAfter;
    }

    /// <summary>
    /// After a heartbeat sent then was answered. The server lives; if the stream is still silent, it does not, and is opened anew. Until it
    /// is, heartbeats keep the server from counting the grace: nobody knows when it will see the old one drop. But not for ever: a proxy
    /// may have begun to keep streams for itself.
    /// </summary>
    private bool IsStillSilent(LicenseRun by, double sent)
    {
        lock (changing)
        {
            var now = Clock();
            if (by != run || Fence.Heard is not { } heard || now < Fence.Doubt) return false;
            var stream = by.Stream;
            if (stream is not { IsGreeted: true } && sent > heard + Fence.Timeout)
            {
                Fence.DoWithoutStream();
                return false;
            }

            // One that was asked for later than the last sign has its own time to greet.
            var since = stream is { IsGreeted: false, Asked: { } asked } ? Math.Max(heard, asked) : heard;
            if (stream?.Asked is not null && now >= since + Fence.Quiet && sent >= Math.Max(Fence.Doubt, since == heard ? 0 : since + Fence.Quiet)) stream.GiveUp();
            return true;
        }
    }

    private async Task WatchAsync(LicenseRun by)
    {
        while (!by.IsStopped)
        {
            var wait = Look();
            await Task.Delay(TimeSpan.FromSeconds(wait), by.Stopping).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>A heartbeat asks where the computer was suspended, and where the stream has been silent for too long.</summary>
    /// <returns>After how many seconds to look again.</returns>
    internal double Look()
    {
        lock (changing)
        {
            var now = Clock();
            var beat = Fence.TakePulse(now);
            Show(now);
            if (run is not { } by) return Tick;
            if (now >= Fence.Doubt && by.Doubted != Fence.Heard)
            {
                by.Doubted = Fence.Heard;
                beat = true;
                by.CutAsking();
            }

            if (by.Stream is { IsGreeted: true } stream && Fence.Keepalive is null && now - stream.LastByte > OlderDoubt && stream.AskedAbout != stream.LastByte)
            {
                stream.AskedAbout = stream.LastByte;
                beat = true;
            }

            if (beat) by.BeatNow();
            return now < Fence.Doubt ? Math.Max(0.001, Math.Min(Tick, Fence.Doubt - now)) : Tick;
        }
    }

    /// <summary>Not any more once this program leaves: what reached the server after its farewell would bring it back into the session.</summary>
    private async Task<LicenseAnswer> AskAsync(LicenseRun by, string path, JsonObject body)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(by.Cut);
        limit.CancelAfter(TimeSpan.FromSeconds(LongestRequest));
        by.Ask(limit);
        try
        {
            if (by.IsStopped) throw new OperationCanceledException();
            return await PostAsync(path, body, limit.Token).ConfigureAwait(false);
        }
        finally
        {
            by.Ask(null);
        }
    }

    private async Task<LicenseAnswer> PostAsync(string path, JsonObject body, CancellationToken limit)
    {
        var nonce = AddNonce(body);
        using var response = await transport.SendAsync(path, new LicenseContent(body.Bytes()), limit).ConfigureAwait(false);
        return await ReadAnswerAsync(response, path, nonce, limit).ConfigureAwait(false);
    }

    private string AddNonce(JsonObject body)
    {
        if (signatures is null) return "";
        var nonce = LicenseSignatures.NewNonce();
        body["nonce"] = nonce;
        return nonce;
    }

    private async Task<LicenseAnswer> ReadAnswerAsync(HttpResponseMessage response, string path, string nonce, CancellationToken limit)
    {
        var raw = await LicenseTransport.ReadAsync(response, limit).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var header = response.Headers.TryGetValues("Portal-Signature", out var values) ? string.Join(",", values) : null;
        var body = WithoutKey(LicenseJson.Parse(raw, raw.Length));
        if (signatures is not null && status == 429) body.Remove("code"); // those are never signed, so they end nothing
        return new LicenseAnswer(status, body, response.Headers.RetryAfter?.Delta?.TotalSeconds is { } told and > 0 and < 86400 ? told : 0)
        {
            IsUnsigned = signatures is not null && status is 200 or 401 or 403
                && !signatures.Believes(LicenseProof.Parse(header), path, nonce, fingerprint!, key, status, raw),
        };
    }

    /// <summary>Whoever answers may repeat what he was asked; a message is shown and logged.</summary>
    private JsonObject WithoutKey(JsonObject answer)
    {
        if (answer.Text("message")?.IndexOf(key, StringComparison.OrdinalIgnoreCase) >= 0) answer.Remove("message");
        return answer;
    }
}
