using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>A client endpoint; the status and the message of a refusal depend on it.</summary>
internal enum ClientEndpoint
{
    Main,
    Validate,
    Heartbeat,
    Release,
    Clear,
    Stream,
}

/// <summary>The refusals of the client endpoints (docs/protocol.md, Refusals). The table is in docs/client-api.md, Refusals.</summary>
internal static class ClientRefusals
{
    public static ClientResult BadRequest(ClientEndpoint endpoint, string message) => ClientResult.Refuse(400, new Refusal
    {
        Message = message,
        Code = "bad_request",
        LicenseValid = endpoint == ClientEndpoint.Validate ? false : null,
    });

    public static ClientResult TooLarge(ClientEndpoint endpoint) => ClientResult.Refuse(413, new Refusal
    {
        Message = $"The body is larger than {ClientRequestReader.MostBytes / 1024} KiB.",
        Code = "body_too_large",
        LicenseValid = endpoint == ClientEndpoint.Validate ? false : null,
    });

    /// <summary>
    /// The body arrived too slowly, or not completely. The connection is at fault, not the license, so <c>license_valid</c> is left out:
    /// a bot would read false as an expired license.
    /// </summary>
    public static ClientResult Incomplete(int status) => ClientResult.Refuse(status, new Refusal { Message = "The request is not complete.", Code = "incomplete" });

    public static ClientResult TooMany(int retryAfterSeconds) => ClientResult.Refuse(429, new Refusal
    {
        Message = "Too many requests. Please wait a moment and try again.",
        Code = "too_many_requests",
    }, retryAfterSeconds);

    /// <summary>The client keeps its session: heartbeats work as before.</summary>
    public static ClientResult TooManyStreams() => ClientResult.Refuse(429, new Refusal
    {
        Message = "Too many streams are open. Heartbeats go on as before.",
        Code = "too_many_streams",
    }, retryAfterSeconds: 60);

    public static ClientResult Unavailable() => ClientResult.Refuse(503, new Refusal
    {
        Message = "The license server cannot answer right now. Please try again in a few seconds.",
        Code = "unavailable",
    }, retryAfterSeconds: 5);

    /// <param name="answer">Its outcome must be a refusal.</param>
    public static ClientResult Of(ClientEndpoint endpoint, Answer answer)
    {
        var code = WireNames.RefusalCode(answer.Outcome) ?? throw new ArgumentException("The outcome is no refusal.", nameof(answer));
        return answer.Outcome switch
        {
            Outcome.UnknownKey => License(endpoint, answer, code, "Invalid license key"),
            Outcome.LicenseRefused(LicenseProblem.Expired) => License(endpoint, answer, code, ClientMessages.Expired),
            Outcome.LicenseRefused(LicenseProblem.Suspended) => License(endpoint, answer, code, ClientMessages.Suspended),
            Outcome.LicenseRefused(LicenseProblem.Cancelled) => License(endpoint, answer, code, ClientMessages.Cancelled),
            Outcome.Conflict conflict => Conflict(endpoint, conflict, code),
            Outcome.ForcedOut => LoggedOut(code, ClientMessages.ForcedOut, null, null),
            Outcome.KeptOut(var until) => LoggedOut(code, ClientMessages.KeptOut(until),
                until.Instant is { } end ? ClientTime.Text(end) : null, until.Instant is { } later ? (int)Math.Max(1, Math.Ceiling((later - answer.Now.Utc).TotalSeconds)) : null),
            Outcome.SessionOver => ClientResult.Refuse(403, new Refusal { Message = "This session has ended. Log in again to continue.", Code = code, SessionConflict = false }),
            Outcome.LoginRequired => ClientResult.Refuse(403, new Refusal { Message = "This message does not prove who sends it. Log in again to continue.", Code = code, SessionConflict = false }),
            Outcome.TooMuchToday(DailyLimit.NewDevices, var seconds) => ClientResult.Refuse(429, new Refusal { Message = "Too many new devices have used this license today. Please contact support.", Code = code }, seconds),
            Outcome.TooMuchToday(_, var seconds) => ClientResult.Refuse(429, new Refusal { Message = "This license has begun too many sessions today. Please contact support.", Code = code }, seconds),
            _ => throw new ArgumentException("The outcome is no refusal.", nameof(answer)),
        };
    }

    private static ClientResult License(ClientEndpoint endpoint, Answer answer, string code, string message) =>
        ClientResult.Refuse(endpoint == ClientEndpoint.Validate ? 401 : 403, new Refusal
        {
            Message = message,
            Code = code,
            LicenseValid = false,
            LicenseExpiration = endpoint == ClientEndpoint.Main ? ClientTime.Text(answer.License?.ExpiresAt) : null,
        });

    private static ClientResult Conflict(ClientEndpoint endpoint, Outcome.Conflict conflict, string code) => ClientResult.Refuse(403, new Refusal
    {
        Message = endpoint is ClientEndpoint.Heartbeat or ClientEndpoint.Stream
            ? "License already in use on another device"
            : "License already in use on another device. Please stop the bot on the other computer first.",
        Code = code,
        SessionConflict = true,
        ActiveDevice = Shorten(conflict.ActiveDevice) + "...",
        EstimatedWaitSeconds = conflict.WaitSeconds,
    }, conflict.WaitSeconds);

    // Does not split a surrogate pair: an unpaired surrogate is not valid text.
    private static string Shorten(string device) => device.Length <= 8 ? device : device[..(char.IsHighSurrogate(device[7]) ? 7 : 8)];

    // session_conflict: true makes every installed bot shut down.
    private static ClientResult LoggedOut(string code, string message, string? until, int? retryAfterSeconds) => ClientResult.Refuse(403, new Refusal
    {
        Message = message,
        Code = code,
        SessionConflict = true,
        ForceLogout = true,
        KeptOutUntil = until,
    }, retryAfterSeconds);
}
