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

/// <summary>What every client endpoint does around its one call to the registry: read, limit, refuse, sign.</summary>
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
        // A release that ends its session frees a seat, so it is never limited. A release that does not end it is limited like any message.
        if (isHolder && endpoint == ClientEndpoint.Release && registry.WouldEnd(message)) return default;
        var isKnown = isHolder || registry.IsKnown(message.Key, message.Device);
        // An address over its limit is served only for known pairs of key and device. Checked before the look-up: a different answer for
        // valid keys would tell a guesser which are valid.
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

    // The request exceeds the allowance of one seat, but the number of seats is not in memory, for example before the license's first
    // login. Many bots of one license that start together must not be refused for that, so the seats are looked up.
    private async ValueTask<int?> LimitUnrecalledAsync(ClientMessage message)
    {
        var seats = await registry.FindSeatsAsync(message.Key);
        // An unknown key. Without this count, every request over the limit would cost a look-up.
        if (seats is null) limits.CountGuess(message.Address);
        return Tally(limits.TakeShared(message.Key, seats ?? 1), message);
    }

    private int? Tally(int? seconds, ClientMessage message)
    {
        if (seconds is not null) tally.Count(RequestLimit.License, message.Key, message.Address);
        return seconds;
    }

    /// <returns>Null if the body is larger than <see cref="ClientRequestReader.MostBytes"/>.</returns>
    private static async Task<byte[]?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > ClientRequestReader.MostBytes) return null;
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(reader, http.RequestAborted);
            if (read.Buffer.Length > ClientRequestReader.MostBytes)
            {
                // Every read must be followed by AdvanceTo, or the server cannot skip the rest of the body.
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

    // If the size of a chunk is not a number, Kestrel throws another IOException. It is the client's error all the same.
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
