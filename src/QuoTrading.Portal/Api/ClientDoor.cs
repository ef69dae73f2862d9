using System.Buffers;
using System.IO.Pipelines;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Api;

/// <summary>What every client endpoint does around its one call into the registry: read, limit, refuse.</summary>
internal sealed partial class ClientDoor(
    SessionRegistry registry, OpenStreams streams, RequestLimits limits, LimitTally tally, SessionMetrics metrics, ILogger<ClientDoor> log)
{
    public async Task<IResult> ServeAsync(HttpContext http, ClientEndpoint endpoint, bool needsDevice,
        Func<SessionRegistry, ClientRequest, ClientMessage, CancellationToken, Task<Answer>> ask, Func<ClientRequest, Answer, IResult> tell)
    {
        try
        {
            if (await ReadBodyAsync(http) is not { } body) return Refuse(ClientRefusals.TooLarge(endpoint));
            var (request, error) = ClientRequestReader.Read(body);
            if (request is null) return Refuse(ClientRefusals.BadRequest(endpoint, error!));
            if (needsDevice && request.Device is null) return Refuse(ClientRefusals.BadRequest(endpoint, "device_fingerprint is missing."));

            var message = Message(request, ClientAddress.Of(http));
            if (Limit(message) is { } seconds) return Refuse(ClientRefusals.TooMany(seconds));
            if (endpoint == ClientEndpoint.Stream && streams.IsFull(message.Key)) return Refuse(ClientRefusals.TooManyStreams());
            var answer = await ask(registry, request, message, http.RequestAborted);
            if (answer.Outcome is Outcome.UnknownKey) limits.CountGuess(message.Address);
            return WireNames.RefusalCode(answer.Outcome) is null ? tell(request, answer) : Refuse(ClientRefusals.Of(endpoint, answer));
        }
        catch (BadHttpRequestException bad)
        {
            return Refuse(bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? ClientRefusals.TooLarge(endpoint) : ClientRefusals.Incomplete(bad.StatusCode));
        }
        catch (StoreUnavailableException)
        {
            return Refuse(ClientRefusals.Unavailable());
        }
        catch (Exception failure) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(failure, endpoint);
            return Refuse(ClientRefusals.Unavailable());
        }
    }

    private ClientResult Refuse(ClientResult refusal)
    {
        metrics.Refused(((Refusal)refusal.Content).Code);
        return refusal;
    }

    private static ClientMessage Message(ClientRequest request, string address) => new(
        KeyHash.Of(request.LicenseKey), request.Device ?? "", address, request.SessionId, request.Symbol, request.BotVersion, request.Status,
        request.Metadata, request.DeviceName, request.App, request.Handover);

    private int? Limit(ClientMessage message)
    {
        if (limits.Take(message.Key) is { } seconds)
        {
            tally.Count(RequestLimit.License, message.Key, message.Address);
            return seconds;
        }

        // Over its limit an address is served for known pairs alone, and before the look-up: the answer must not tell good keys from bad.
        if (limits.CheckGuesses(message.Address) is not { } wait || registry.IsKnown(message.Key, message.Device)) return null;
        tally.Count(RequestLimit.UnknownKeys, null, message.Address);
        return wait;
    }

    /// <returns>Null if it is larger than any honest one.</returns>
    private static async Task<byte[]?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > ClientRequestReader.MostBytes) return null;
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(reader, http.RequestAborted);
            if (read.Buffer.Length > ClientRequestReader.MostBytes)
            {
                // What the reader was given must be given back, or the server cannot pass over the rest.
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // For a chunk whose size is no number Kestrel has an exception of its own; what cannot be read is the sender's fault all the same.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(cancel);
        }
        catch (IOException unreadable) when (unreadable is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, unreadable);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A client's request could not be answered: {Endpoint}")]
    private partial void LogFailed(Exception failure, ClientEndpoint endpoint);
}
