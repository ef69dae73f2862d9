using System;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

// The session stream: it is opened, read to its end, and opened anew.
public sealed partial class LicenseSession
{
    private const double LongestSilence = 35; // then the stream counts as dropped
    private const double RefusedStream = 300; // a server without streams is asked again this rarely

    private async Task FollowAsync(LicenseRun by)
    {
        var failures = 0;
        while (!by.IsStopped)
        {
            if (isOlder)
            {
                await by.WaitForStreamAsync(RefusedStream).ConfigureAwait(false);
                continue;
            }

            var (wait, greeted) = await FollowOnceAsync(by).ConfigureAwait(false);
            failures = greeted ? 0 : failures + 1;
            await by.WaitForStreamAsync(wait ?? Math.Min(30, 0.2 * Math.Pow(2, Math.Min(failures, 8))) * Spread(0.5, 1)).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the stream and reads it to its end.</summary>
    /// <returns>In how many seconds to open the next one, null for soon; and whether it was the portal's.</returns>
    private async Task<(double? Wait, bool Greeted)> FollowOnceAsync(LicenseRun by)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(by.Gone);
        end.CancelAfter(TimeSpan.FromSeconds(LongestRequest));
        var stream = new LicenseStream(end);
        var isOpen = false;
        try
        {
            var body = Body();
            var nonce = AddNonce(body);
            using var response = await transport.SendAsync(StreamPath, new LicenseContent(body.Bytes(), () => BeginToAsk(by, stream)), end.Token).ConfigureAwait(false);
            if ((int)response.StatusCode != 200 || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                lock (changing)
                    if (stream.BeganDoubt && by == run) Fence.ForgetStream();
                return (RefuseStream(by, await ReadAnswerAsync(response, StreamPath, nonce, end.Token).ConfigureAwait(false)), false);
            }

            isOpen = true; // also before the first event: a proxy may keep it for itself
            using var cut = end.Token.Register(response.Dispose); // .NET Framework's streams know no token
            await ReadEventsAsync(by, stream, nonce, response, end).ConfigureAwait(false);
            if (response.Headers.TransferEncodingChunked is not true) throw new System.IO.IOException(); // without it nobody can tell an end from a break
            lock (changing)
                if (by == run) Fence.ForgetStream(); // ended by the server: that is no drop
            return (Spread(0.2, 3), stream.IsGreeted); // a server that stops closes all of its streams: not all need be back at the same instant
        }
        catch (Exception failure) // of many types, according to the framework
        {
            if (!by.IsStopped) Log(stream.IsGivenUp ? "The stream was silent, and is opened anew." : $"The stream broke off, or could not be opened: {failure.GetType().Name}.");
            Break(by, stream, isOpen);
            // At once, for one that fell silent: the server may take the end of the old one for a drop.
            return (stream.IsGivenUp && stream.IsGreeted ? 0 : null, stream.IsGreeted);
        }
        finally
        {
            lock (changing)
                if (by.Stream == stream) by.Stream = null;
        }
    }

    private void BeginToAsk(LicenseRun by, LicenseStream stream)
    {
        lock (changing)
        {
            if (by != run || by.IsStopped) return;
            stream.Asked = Clock();
            stream.BeganDoubt = Fence.Ask(stream.Asked.Value);
            by.Stream = stream;
        }
    }

    /// <summary>Broken off, silent, or never there. The server may have had it open, so it hears from us, even where no answer came: something between may have kept that.</summary>
    private void Break(LicenseRun by, LicenseStream stream, bool isOpen)
    {
        lock (changing)
        {
            if (by != run || by.IsStopped) return;
            if (isOpen && !stream.IsGivenUp) Fence.Drop(Clock());
        }

        if (!stream.IsGivenUp || !stream.IsGreeted) by.BeatTwice();
    }

    private static double? RefuseStream(LicenseRun by, LicenseAnswer answer)
    {
        if (answer.Refuses)
        {
            by.BeatNow(); // it learns why
            return 1;
        }

        if (answer.Status >= 500 || answer.IsUnsigned) return answer.RetryAfter > 0 ? Math.Min(answer.RetryAfter, RefusedStream) : null;
        return answer.Status == 429 ? Math.Min(Math.Max(answer.RetryAfter, 60), RefusedStream) : RefusedStream;
    }

    /// <summary>Until the server ends it.</summary>
    private async Task ReadEventsAsync(LicenseRun by, LicenseStream stream, string nonce, HttpResponseMessage response, CancellationTokenSource end)
    {
        using var body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var reader = new LicenseEvents(body);
        string? hello = null; // that waits for its proof
        while (true)
        {
            end.CancelAfter(TimeSpan.FromSeconds(LongestSilence));
            if (await reader.ReadAsync(end.Token).ConfigureAwait(false) is not { } events) return;
            var now = Clock();
            foreach (var (name, data) in events)
            {
                if (!stream.IsGreeted && name == "hello" && signatures is not null) hello = data;
                else if (!stream.IsGreeted && name == "hello") Greet(by, stream, LicenseJson.Parse(data));
                else if (!stream.IsGreeted && name == "proof" && hello is not null) Prove(by, stream, hello, LicenseJson.Parse(data), nonce);
                else if (stream.IsGreeted || signatures is null) Hear(by, stream, name, LicenseJson.Parse(data));
            }

            lock (changing)
            {
                if (stream.IsGivenUp) throw new OperationCanceledException(); // a moment too late
                stream.LastByte = now;
                if (stream.IsGreeted && by == run) Fence.Hear(now);
            }
        }
    }

    private void Prove(LicenseRun by, LicenseStream stream, string hello, JsonObject proof, string nonce)
    {
        if (!signatures!.Believes(LicenseProof.Of(proof), StreamPath, nonce, fingerprint!, key, 200, Encoding.UTF8.GetBytes(hello)))
            throw new System.IO.IOException("The stream is not the portal's.");
        Greet(by, stream, LicenseJson.Parse(hello));
    }

    private void Greet(LicenseRun by, LicenseStream stream, JsonObject hello)
    {
        lock (changing)
        {
            if (stream.Asked is not { } asked || hello.Text("session_id") is not { } told || !Confirm(by, hello, asked, byStream: true)) return;
            Fence.Greet(hello.Number("keepalive_seconds", 0.1, LicenseAnswer.MostSeconds), asked, Clock());
            (stream.IsGreeted, stream.SessionId) = (true, told);
        }
    }

    private void Hear(LicenseRun by, LicenseStream stream, string name, JsonObject data)
    {
        WithoutKey(data);
        if (name == "settings") Take(data);
        else if (name == "license") TakeLicense(data);
        if (name != "logged_out") return;
        var code = data.Text("reason") ?? LicenseReasonCode.SessionEnded;
        var reason = new LicenseReason(code, data.Text("message") ?? "The session has ended.");
        if (code is LicenseReasonCode.TimedOut or LicenseReasonCode.Released or LicenseReasonCode.SessionEnded or "connection_lost" or "moved_apart")
        {
            Revoke(by, reason, stream.SessionId);
            by.BeatNow();
        }
        else
        {
            End(by, reason);
        }
    }
}
