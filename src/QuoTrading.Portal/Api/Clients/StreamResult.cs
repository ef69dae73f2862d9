using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Serves one session stream until either side closes it.</summary>
internal sealed class StreamResult(StreamHandle stream, Answer opened, OpenStreams streams, StreamGrace grace, SessionRegistry registry) : ISignedResult
{
    private static readonly ReadOnlyMemory<byte> Comment = ":\n\n"u8.ToArray();

    /// <inheritdoc/>
    public AnswerSigning? Signing { get; set; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var gone = httpContext.RequestAborted;
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // A proxy that buffers the response would delay a logout.
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            var settings = opened.Settings;
            var hello = JsonSerializer.SerializeToUtf8Bytes(new StreamHello(stream.Session!.SessionId.ToString("D"), settings.HeartbeatIntervalSeconds,
                settings.SessionTimeoutSeconds, grace.SecondsOf(settings), StreamGrace.KeepAliveSeconds), ClientJson.Default.StreamHello);
            await SendAsync(response, "hello", hello, gone);
            if (Signing?.Sign(StatusCodes.Status200OK, hello) is { } proof) await SendAsync(response, "proof", proof, ClientJson.Readable.AnswerSignature, gone);
            await foreach (var what in stream.Events.ReadAllAsync(gone)) await SendAsync(response, what, gone);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The client has disconnected. To notice this is the purpose of the stream.
        }
        finally
        {
            streams.Remove(stream, registry.ServiceNowMs);
        }
    }

    private Task SendAsync(HttpResponse response, StreamEvent what, CancellationToken gone) => what switch
    {
        StreamEvent.KeepAlive => CommentAsync(response, gone),
        StreamEvent.SettingsChanged(var now) => SendAsync(response, "settings",
            new StreamSettings(now.HeartbeatIntervalSeconds, now.SessionTimeoutSeconds, grace.SecondsOf(now)), ClientJson.Default.StreamSettings, gone),
        StreamEvent.LicenseChanged(var license) => SendAsync(response, "license", new StreamLicense(WireNames.Of(license.Status), ClientTime.Text(license.ExpiresAt),
            ClientTime.DaysLeft(license, registry.UtcNow), ClientTime.HoursLeft(license, registry.UtcNow)), ClientJson.Default.StreamLicense, gone),
        StreamEvent.LoggedOut({ } reason, var until) => SendAsync(response, "logged_out", new StreamLoggedOut(WireNames.Of(reason),
            until is { } end ? ClientMessages.KeptOut(end) : ClientMessages.Ended(reason),
            until?.Instant is { } instant ? ClientTime.Text(instant) : null), ClientJson.Default.StreamLoggedOut, gone),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    // The framework's formatter writes events, but no comments.
    private static async Task CommentAsync(HttpResponse response, CancellationToken gone)
    {
        await response.Body.WriteAsync(Comment, gone);
        await response.Body.FlushAsync(gone);
    }

    private static Task SendAsync<T>(HttpResponse response, string name, T data, JsonTypeInfo<T> type, CancellationToken gone) =>
        SendAsync(response, name, JsonSerializer.SerializeToUtf8Bytes(data, type), gone);

    private static async Task SendAsync(HttpResponse response, string name, byte[] json, CancellationToken gone)
    {
        await SseFormatter.WriteAsync(One(new SseItem<byte[]>(json, name)), response.Body, (item, to) => to.Write(item.Data), gone);
        await response.Body.FlushAsync(gone);
    }

    private static async IAsyncEnumerable<T> One<T>(T item)
    {
        await Task.CompletedTask;
        yield return item;
    }
}
