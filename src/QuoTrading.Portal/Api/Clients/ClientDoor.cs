using System.Buffers;
using System.IO.Pipelines;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>What every client endpoint does around its one call into the registry: read, limit, refuse.</summary>
internal sealed partial class ClientDoor(
    SessionRegistry registry, OpenStreams streams, RequestLimits limits, LimitTally tally, SessionMetrics metrics, AnswerSigner signer, ILogger<ClientDoor> log)
{
    public async Task<IResult> ServeAsync(HttpContext http, ClientEndpoint endpoint, bool needsDevice,
        Func<SessionRegistry, ClientRequest, ClientMessage, CancellationToken, Task<Answer>> ask, Func<ClientRequest, Answer, ISignedResult> tell)
    {
        try
        {
            if (await ReadBodyAsync(http) is not { } body) return Refuse(ClientRefusals.TooLarge(endpoint));
            var (request, error) = ClientRequestReader.Read(body);
            if (request is null) return Refuse(ClientRefusals.BadRequest(endpoint, error!));
            if (needsDevice && request.Device is null) return Refuse(ClientRefusals.BadRequest(endpoint, "device_fingerprint is missing."));

            var message = Message(request, ClientAddress.Of(http));
            if (await LimitAsync(message, endpoint, Network.Of(http.Connection.RemoteIpAddress)) is { } seconds) return Refuse(ClientRefusals.TooMany(seconds));
            if (endpoint == ClientEndpoint.Stream && streams.IsFull(message.Key, registry.RecallSeats(message.Key) ?? 1)) return Refuse(ClientRefusals.TooManyStreams());
            var answer = await ask(registry, request, message, http.RequestAborted);
            if (answer.Outcome is Outcome.UnknownKey) limits.CountGuess(message.Address);
            return Sign(WireNames.RefusalCode(answer.Outcome) is null ? tell(request, answer) : Refuse(ClientRefusals.Of(endpoint, answer)), endpoint, request);
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

    private ISignedResult Sign(ISignedResult result, ClientEndpoint endpoint, ClientRequest request)
    {
        if (request.Nonce is not null) result.Signing = signer.Begin(endpoint, request);
        return result;
    }

    private ClientResult Refuse(ClientResult refusal)
    {
        metrics.Refused(((Refusal)refusal.Content).Code);
        return refusal;
    }

    private static ClientMessage Message(ClientRequest request, string address) => new(
        KeyHash.Of(request.LicenseKey), request.Device ?? "", address, request.SessionId, request.Symbol, request.BotVersion, request.Status,
        request.Metadata, request.DeviceName, request.App, request.Handover, request.Install, request.SessionToken is { } token ? SessionToken.Of(token) : null,
        request.Install is not null || request.SessionToken is not null ? SessionToken.Create() : null);

    private ValueTask<int?> LimitAsync(ClientMessage message, ClientEndpoint endpoint, Network network)
    {
        var isHolder = registry.IsHolder(message.Key, message.Device);
        // Whoever leaves frees a seat: that is never too much. What leaves the session as it is has to wait as any other message.
        if (isHolder && endpoint == ClientEndpoint.Release && registry.WouldEnd(message)) return default;
        var isKnown = isHolder || registry.IsKnown(message.Key, message.Device);
        // Over its limit an address is served for known pairs alone, and before the look-up: the answer must not tell good keys from bad.
        if (!isKnown && limits.CheckGuesses(message.Address) is { } wait)
        {
            tally.Count(RequestLimit.UnknownKeys, null, message.Address);
            return ValueTask.FromResult<int?>(wait);
        }

        if (isKnown && message.Device.Length > 0) return ValueTask.FromResult(Tally(limits.TakeOwn(message.Key, message.Device, network), message));
        var seats = registry.RecallSeats(message.Key);
        return limits.TakeShared(message.Key, seats ?? 1) is not { } seconds ? default
            : seats is null ? LimitUnrecalledAsync(message)
            : ValueTask.FromResult(Tally(seconds, message));
    }

    // Too much for one seat. How many it has is not in memory, as before a license's first login: a rack of bots that starts together
    // must not be kept out for that.
    private async ValueTask<int?> LimitUnrecalledAsync(ClientMessage message)
    {
        var seats = await registry.FindSeatsAsync(message.Key);
        // Else each question beyond the limit would cost a look-up.
        if (seats is null) limits.CountGuess(message.Address);
        return Tally(limits.TakeShared(message.Key, seats ?? 1), message);
    }

    private int? Tally(int? seconds, ClientMessage message)
    {
        if (seconds is not null) tally.Count(RequestLimit.License, message.Key, message.Address);
        return seconds;
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
