using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// The endpoints of launchers and bots (docs/protocol.md, Endpoints for clients). No cookie, no antiforgery. Answers are JSON, but for the
/// stream and the empty 405.
/// </summary>
internal static class ClientApi
{
    private static readonly string[] PostPaths = [.. Enum.GetValues<ClientEndpoint>().Select(PathOf)];

    /// <summary>The message in the answer to a bot's start.</summary>
    public const string Validated = "License validated successfully";

    /// <summary>The message in the answer to a launcher's login.</summary>
    public static string LoggedIn(LicenseSnapshot license) => $"Valid {license.Plan} license";

    /// <summary>The endpoint's path, as clients know it.</summary>
    public static string PathOf(ClientEndpoint endpoint) => endpoint switch
    {
        ClientEndpoint.Main => "/api/main",
        ClientEndpoint.Validate => "/api/validate-license",
        ClientEndpoint.Heartbeat => "/api/heartbeat",
        ClientEndpoint.Release => "/api/session/release",
        ClientEndpoint.Clear => "/api/session/clear",
        ClientEndpoint.Stream => "/api/session/stream",
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint)),
    };

    public static void Map(IEndpointRouteBuilder app)
    {
        var clients = app.MapGroup("/api").AllowAnonymous().DisableAntiforgery().WithTags("Clients");
        clients.ShortCircuit();
        clients.MapPost("/main", LogIn).Describe(ClientDescriptions.Main);
        clients.MapPost("/validate-license", Validate).Describe(ClientDescriptions.Validate);
        clients.MapPost("/heartbeat", Heartbeat).Describe(ClientDescriptions.Heartbeat);
        clients.MapPost("/session/release", Release).Describe(ClientDescriptions.Release);
        clients.MapPost("/session/clear", Clear).Describe(ClientDescriptions.Clear);
        // On shutdown the server waits for open requests to end. Streams do not end by themselves, so they are closed before that.
        app.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(app.ServiceProvider.GetRequiredService<OpenStreams>().Stop);
        // Created here, so that its instruments exist before the first request.
        app.ServiceProvider.GetRequiredService<AnswerSigner>();
        clients.MapPost("/session/stream", Stream).Describe(ClientDescriptions.Stream);
        clients.MapGet("/hello", Hello).Describe(ClientDescriptions.Hello);
        clients.MapMethods("/hello", ["HEAD"], Hello).ExcludeFromDescription();

        // Old bots GET the time from here. A JSON 200 would stop their trading; a redirect to the sign-in page ends in a 200, too.
        foreach (var path in PostPaths) clients.MapMethods(path[4..], ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"], OnlyPost);
        clients.Map("/{**rest}", () => ClientResult.Refuse(404, new Refusal { Message = "There is no such endpoint.", Code = "not_found" }));
    }

    private static ClientResult Hello(SigningKeys keys) => ClientResult.Ok(
        new HelloAnswer("success", "QuoTrading Portal", [.. PostPaths.Select(path => $"POST {path}"), "GET /api/hello"], [.. keys.All.Select(key => key.Text)]), ClientJson.Readable.HelloAnswer);

    private static void OnlyPost(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        response.Headers.Allow = "POST";
    }

    private static Task<IResult> LogIn(HttpContext http, ClientDoor door) => door.ServeAsync(http, ClientEndpoint.Main, needsDevice: false,
        (registry, request, message, abandoned) => request.Device is null ? registry.ValidateAsync(message, abandoned) : registry.LogInAsync(message, abandoned),
        (request, answer) => ClientResult.Ok(Session(request, answer, new MainAnswer
        {
            Message = LoggedIn(answer.License!),
            LicenseExpiration = ClientTime.Text(answer.License!.ExpiresAt),
            DaysUntilExpiration = ClientTime.DaysLeft(answer.License, answer.Now.Utc),
            HoursUntilExpiration = ClientTime.HoursLeft(answer.License, answer.Now.Utc),
            SignalType = request.SignalType ?? "NEUTRAL",
            Regime = request.Regime ?? "RANGING",
        }), ClientJson.Default.MainAnswer));

    private static Task<IResult> Validate(HttpContext http, ClientDoor door) => door.ServeAsync(http, ClientEndpoint.Validate, needsDevice: true,
        (registry, request, message, abandoned) => request.CheckOnly ? registry.CheckAsync(message, abandoned) : registry.LogInAsync(message, abandoned),
        (request, answer) => ClientResult.Ok(Session(request, answer, new ValidateAnswer
        {
            Message = request.CheckOnly ? $"{Validated} (check only)" : Validated,
            LicenseType = answer.License!.Plan,
            ExpiryDate = ClientTime.Text(answer.License.ExpiresAt),
        }), ClientJson.Default.ValidateAnswer));

    private static Task<IResult> Heartbeat(HttpContext http, ClientDoor door) => door.ServeAsync(http, ClientEndpoint.Heartbeat, needsDevice: true,
        (registry, _, message, _) => registry.HeartbeatAsync(message),
        (request, answer) => ClientResult.Ok(Session(request, answer, new HeartbeatAnswer
        {
            LicenseExpiration = ClientTime.Text(answer.License!.ExpiresAt),
            DaysUntilExpiration = ClientTime.DaysLeft(answer.License, answer.Now.Utc),
            HoursUntilExpiration = ClientTime.HoursLeft(answer.License, answer.Now.Utc),
        }), ClientJson.Default.HeartbeatAnswer));

    private static Task<IResult> Release(HttpContext http, ClientDoor door) => door.ServeAsync(http, ClientEndpoint.Release, needsDevice: true,
        (registry, _, message, _) => registry.ReleaseAsync(message),
        (_, answer) => ClientResult.Ok(answer.Outcome is Outcome.Released
            ? new ReleaseAnswer("success", "Session released successfully")
            : new ReleaseAnswer("info", "No active session found for this device"), ClientJson.Default.ReleaseAnswer));

    private static Task<IResult> Clear(HttpContext http, ClientDoor door) => door.ServeAsync(http, ClientEndpoint.Clear, needsDevice: false,
        (registry, _, message, _) => registry.ClearAsync(message),
        (_, answer) =>
        {
            var count = answer.Outcome is Outcome.Cleared(var cleared) ? cleared : 0;
            return ClientResult.Ok(new ClearAnswer("success", count > 0 ? "Stale sessions cleared" : "No stale sessions found", count), ClientJson.Default.ClearAnswer);
        });

    private static Task<IResult> Stream(HttpContext http, ClientDoor door, OpenStreams streams, StreamGrace grace, SessionRegistry registry)
    {
        StreamHandle? stream = null;
        return door.ServeAsync(http, ClientEndpoint.Stream, needsDevice: true,
            async (_, _, message, _) =>
            {
                var begun = streams.Begin(message.Key, message.Device, message.App ?? "");
                Answer? answer = null;
                try
                {
                    answer = await registry.OpenStreamAsync(message);
                }
                finally
                {
                    if (answer?.Outcome is Outcome.Holds { Session: var session }) streams.Bind(stream = begun, session);
                    else streams.GiveUp(begun);
                }

                // A session that ended before its stream was bound could not notify the stream, so the stream is closed here.
                if (stream is { Session: { } bound } && registry.Find(bound.LicenseId, bound.SessionId) is null) streams.End(bound.SessionId, last: null);
                return answer;
            },
            (_, answer) => new StreamResult(stream!, answer, streams, grace, registry));
    }

    /// <summary>Adds the session's data, and a warning for each dropped field of the request.</summary>
    private static T Session<T>(ClientRequest request, Answer answer, T body) where T : SessionAnswer
    {
        var holds = answer.Outcome as Outcome.Holds;
        if (holds is { SymbolKept: true }) request.Warnings.Add("symbol was ignored: another session on this seat trades it.");
        return body with
        {
            SessionId = holds?.Session.SessionId.ToString("D"),
            HeartbeatIntervalSeconds = holds is null ? null : answer.Settings.HeartbeatIntervalSeconds,
            SessionTimeoutSeconds = holds is null ? null : answer.Settings.SessionTimeoutSeconds,
            SessionToken = holds?.Token?.Text,
            Warnings = request.Warnings.Count > 0 ? request.Warnings : null,
        };
    }
}
