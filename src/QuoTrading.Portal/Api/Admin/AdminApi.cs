using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// The endpoints of administrators' scripts (docs/protocol.md, Endpoints for administrators' scripts). They require a token made in the
/// portal.
/// </summary>
internal static class AdminApi
{
    private const string SettingsNow = """{"session_timeout_seconds":90,"heartbeat_interval_seconds":30,"disconnect_grace_seconds":5,"history_retention_days":365,"symbol_sessions":"same_address","devices_per_seat":6,"copied_devices":"report","expiry_grace_minutes":0}""";

    public static void Map(IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/api/admin").RequireAuthorization(Policies.Api.Viewer).DisableAntiforgery()
            .AddEndpointFilter(AdminProblems.Filter).WithTags("Administration");
        admin.MapGet("/sessions", List);
        admin.MapPost("/sessions/{id}/logout", LogOutAsync).RequireAuthorization(Policies.Api.Support);
        AdminReading.Map(admin);
        AdminLicenses.Map(admin);
        AdminBulk.Map(admin);
        AdminDevices.Map(admin);
        admin.MapGet("/settings", GetSettings);
        admin.MapPut("/settings", ChangeSettingsAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.Map("/{**rest}", () => AdminProblems.Of(404, "not_found", "There is no such endpoint."));

        // The old system's endpoint: the token is in the body, and errors have the format of the client endpoints.
        app.MapPost("/api/admin/force-clear-session", ForceClearAsync).AllowAnonymous().DisableAntiforgery()
            .AddEndpointFilter(AdminProblems.Filter).WithTags("Administration").Describe(ClientDescriptions.ForceClear);
    }

    /// <summary>Live sessions, newest first</summary>
    /// <remarks>
    /// total counts the matches on all pages. An unknown or empty parameter is an error; it never selects all sessions. programs: the
    /// programs of the device that use the session, each with its own last report. If there are several, the position, profits, symbol,
    /// status and version of the session are the last that any of them reported.
    /// </remarks>
    [Example("""{"sessions":[{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","device":"3f9a1c0d5e7b2a64","device_name":null,"address":"192.0.2.1","bot_version":"2.0.0","status":"online","symbol":"ES","seat":1,"devices_on_seat":1,"copied_device":null,"position":1,"position_pnl":12.5,"session_pnl":125.5,"started_at":"2026-11-21T18:22:19Z","last_seen_at":"2026-11-21T18:22:49Z","stale_at":"2026-11-21T18:24:19Z","programs":[{"app":"bot","symbol":"ES","status":"online","bot_version":"2.0.0","position":1,"session_pnl":125.5,"position_pnl":12.5,"last_seen_at":"2026-11-21T18:22:49Z"}]}],"total":1,"next":null}""")]
    internal static AdminResult<SessionsAnswer> List(AdminQuery<OnlineQuery> query, OnlineMonitor monitor)
    {
        query.RefuseBlank();
        var (licenseId, customer, device, most, last) = query.Value;
        var (wanted, limit, after) = (new OnlineFilter(licenseId, customer, device), most ?? Paged.DefaultItems, Guid.Empty);
        if (last is not null && !Guid.TryParse(last, out after)) query.Refuse("after", "after must be the id that the page before gave as next.");
        if (query.Problem is { } wrong) return wrong;
        var snapshot = monitor.Renew();
        var found = snapshot.Rows.Where(wanted.Admits).ToList();
        // Ids sort by the start time of their session, so the id before a page finds it, even if sessions started or ended since then.
        var page = found
            .Where(row => last is null || string.CompareOrdinal(row.SessionId.ToString(), after.ToString()) < 0)
            .OrderByDescending(row => row.SessionId.ToString(), StringComparer.Ordinal)
            .Take(limit + 1).Select(row => SessionItem.Of(row, snapshot.DevicesOnSeat(row))).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        return new SessionsAnswer(page, found.Count, more ? page[^1].SessionId : null);
    }

    /// <summary>Ends a session</summary>
    /// <remarks>
    /// The device's heartbeats are refused until it logs in again. Repeating the request changes nothing and gives the same answer.
    /// </remarks>
    [Example(
        """{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","device":"3f9a1c0d5e7b2a64","address":"192.0.2.1","started_at":"2026-11-21T18:22:19Z","ended_at":"2026-11-21T18:30:00Z","end_reason":"forced_logout","ended_by":"support-desk","end_note":"Customer asked: old computer is lost"}""",
        Body = """{"reason":"Customer asked: old computer is lost"}""", BodyType = typeof(LogOutBody))]
    internal static async Task<AdminResult<EndedSessionItem>> LogOutAsync(HttpContext http, ISessionService service, string id)
    {
        if (!Guid.TryParse(id, out var sessionId)) return AdminProblems.Of(404, "not_found", "There is no such session.");
        if (await AdminBody.ReadAsync<LogOutBody>(http) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        if (SessionReasons.Check(body.Reason) is { } wrong) return AdminProblems.Of(400, "invalid", wrong);
        if (body.KeepOutMinutes is < 1 or > AdminDevices.MostMinutes) return AdminProblems.Of(400, "invalid", $"keep_out_minutes must be 1 to {AdminDevices.MostMinutes}, or be left out.");

        TimeSpan? keepOut = body.KeepOutMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        var results = await service.LogOutAsync(http.GetActor(), [sessionId], body.Reason!, keepOut, http.RequestAborted);
        return results is [var result] ? EndedSessionItem.Of(result.Session) : AdminProblems.Of(404, "not_found", "There is no such session.");
    }

    /// <summary>The session settings</summary>
    [Example(SettingsNow)]
    internal static AdminResult<SettingsFormat> GetSettings(AdminQuery<NoParameters> query, ISessionService service) => query.Problem is { } wrong ? wrong : SettingsFormat.Of(service.Settings);

    /// <summary>Changes session settings</summary>
    /// <remarks>
    /// A field that is left out stays unchanged. A change takes effect at once, also for live sessions: a shorter timeout ends the sessions
    /// that are stale by it; a longer one does not revive ended sessions.
    /// </remarks>
    [Example(SettingsNow, Body = """{"session_timeout_seconds":90}""")]
    internal static async Task<AdminResult<SettingsFormat>> ChangeSettingsAsync(HttpContext http, AdminBody<SettingsBody> body, ISessionService service, SessionSettingsRules rules)
    {
        var change = body.Value.ToChange();
        if (body.Problem is not null) return AdminProblems.Invalid([.. body.Errors, .. rules.Check(change.ApplyTo(service.Settings)).Select(error => new FieldError(error.Field, error.Message))]);
        var errors = await service.ChangeSettingsAsync(http.GetActor(), change, http.RequestAborted);
        return errors.Count > 0 ? AdminProblems.Invalid(errors) : SettingsFormat.Of(service.Settings);
    }

    private static async Task<IResult> ForceClearAsync(HttpContext http, ISessionService service, ApiTokens tokens, RequestLimits limits)
    {
        if (await AdminBody.ReadAsync<ForceClearBody>(http) is not { LicenseKey: { } key, AdminKey: { } token } || LicenseKey.Clean(key).Length is 0 or > LicenseKey.MaxLength)
            return Old(400, "bad_request", "license_key and admin_key are needed.");
        var address = ClientAddress.Of(http);
        if (await tokens.FindAsync(token, address, http.RequestAborted) is not { } actor)
        {
            // A valid token is served from any address. With an invalid one, an address over its limit gets 429, which does not say that
            // the token is wrong.
            if (limits.CheckGuesses(address) is { } seconds) return ClientRefusals.TooMany(seconds);
            limits.CountGuess(address);
            return Old(401, "token_invalid", "Unauthorized");
        }

        if (actor.Role < PortalRole.Support) return Old(403, "forbidden", "This token may not clear sessions.");
        return await service.ForceClearAsync(actor, key, "Cleared by a script (force-clear-session)", http.RequestAborted) is { } cleared
            ? ClientResult.Ok(new ClearAnswer("success", cleared > 0 ? "Sessions cleared" : "No active sessions found", cleared), ClientJson.Default.ClearAnswer)
            : Old(404, "unknown_key", "Invalid license key");
    }

    private static ClientResult Old(int status, string code, string message) => ClientResult.Refuse(status, new Refusal { Message = message, Code = code });
}
