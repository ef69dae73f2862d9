using System.Text.Json;
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

/// <summary>The endpoints of administrators' scripts (docs/protocol.md, Endpoints for administrators' scripts), behind tokens made in the portal.</summary>
internal static class AdminApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var admin = app.MapGroup("/api/admin").RequireAuthorization(Policies.Api.Viewer).DisableAntiforgery()
            .AddEndpointFilter(AdminProblems.Filter).WithTags("Administration");
        admin.MapGet("/sessions", List).Describe(SessionDescriptions.Online);
        admin.MapPost("/sessions/{id}/logout", LogOutAsync).RequireAuthorization(Policies.Api.Support).Describe(SessionDescriptions.LogOut);
        AdminReading.Map(admin);
        AdminLicenses.Map(admin);
        AdminBulk.Map(admin);
        AdminDevices.Map(admin);
        admin.MapGet("/settings", GetSettings).Describe(SessionDescriptions.Settings);
        admin.MapPut("/settings", ChangeSettingsAsync).RequireAuthorization(Policies.Api.Administrator).Describe(SessionDescriptions.ChangeSettings);
        admin.Map("/{**rest}", () => AdminProblems.Of(404, "not_found", "There is no such endpoint."));

        // The old system's: the token comes in the body, and errors look like a client's.
        app.MapPost("/api/admin/force-clear-session", ForceClearAsync).AllowAnonymous().DisableAntiforgery()
            .AddEndpointFilter(AdminProblems.Filter).WithTags("Administration").Describe(SessionDescriptions.ForceClear);
    }

    // Read here, and not bound: what cannot be read is a problem with a code like everything else.
    private static IResult List(HttpRequest request, OnlineBoard board)
    {
        var query = new AdminQuery(request.Query);
        query.RefuseBlank();
        var wanted = new OnlineFilter(query.Id("license_id"), query.Text("customer"), query.Text("device"));
        var limit = query.Number("limit", 1, AdminQuery.MostItems) ?? AdminQuery.DefaultItems;
        Guid? after = null;
        if (query.Raw("after") is { } last)
        {
            if (Guid.TryParse(last, out var id)) after = id;
            else query.Refuse("after", "after must be the id that the page before gave as next.");
        }

        if (query.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        var snapshot = board.Renew();
        var found = snapshot.Rows.Where(wanted.Admits).ToList();
        // Ids sort by the time of their start, so a page is found by the id before it, whatever came or went meanwhile.
        var page = found
            .Where(row => after is not { } id || string.CompareOrdinal(row.SessionId.ToString(), id.ToString()) < 0)
            .OrderByDescending(row => row.SessionId.ToString(), StringComparer.Ordinal)
            .Take(limit + 1).Select(row => SessionItem.Of(row, snapshot.DevicesOnSeat(row))).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        return TypedResults.Json(new SessionsAnswer(page, found.Count, more ? page[^1].SessionId : null), AdminJson.Readable.SessionsAnswer);
    }

    private static async Task<IResult> LogOutAsync(HttpContext http, ISessionDesk desk, string id)
    {
        if (!Guid.TryParse(id, out var sessionId)) return AdminProblems.Of(404, "not_found", "There is no such session.");
        if (await AdminBody.ReadAsync(http, AdminJson.Readable.LogOutBody) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        if (SessionReasons.Check(body.Reason) is { } wrong) return AdminProblems.Of(400, "invalid", wrong);
        if (body.KeepOutMinutes is < 1 or > AdminDevices.MostMinutes) return AdminProblems.Of(400, "invalid", $"keep_out_minutes must be 1 to {AdminDevices.MostMinutes}, or be left out.");

        TimeSpan? keepOut = body.KeepOutMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        var results = await desk.LogOutAsync(http.GetActor(), [sessionId], body.Reason!, keepOut, http.RequestAborted);
        return results is [var result]
            ? TypedResults.Json(EndedSessionItem.Of(result.Session), AdminJson.Readable.EndedSessionItem)
            : AdminProblems.Of(404, "not_found", "There is no such session.");
    }

    private static IResult GetSettings(HttpRequest request, ISessionDesk desk) =>
        AdminQuery.RefuseAny(request) ?? TypedResults.Json(SettingsText.Of(desk.Settings), AdminJson.Readable.SettingsText);

    private static async Task<IResult> ChangeSettingsAsync(HttpContext http, ISessionDesk desk, SessionSettingsRules rules)
    {
        using var document = await AdminBody.ReadDocumentAsync(http);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object) return AdminBody.NotJson("{\"session_timeout_seconds\": 90}");
        var (change, unreadable) = SettingsReader.Read(document.RootElement);
        if (unreadable.Count > 0) return AdminProblems.Invalid([.. unreadable, .. rules.Check(change.ApplyTo(desk.Settings))]);
        var errors = await desk.ChangeSettingsAsync(http.GetActor(), change, http.RequestAborted);
        return errors.Count > 0 ? AdminProblems.Invalid(errors) : TypedResults.Json(SettingsText.Of(desk.Settings), AdminJson.Readable.SettingsText);
    }

    private static async Task<IResult> ForceClearAsync(HttpContext http, ISessionDesk desk, ApiTokens tokens, RequestLimits limits)
    {
        if (await AdminBody.ReadAsync(http, AdminJson.Readable.ForceClearBody) is not { LicenseKey: { } key, AdminKey: { } token } || LicenseKey.Clean(key).Length is 0 or > LicenseKey.MaxLength)
            return Old(400, "bad_request", "license_key and admin_key are needed.");
        var address = ClientAddress.Of(http);
        if (await tokens.FindAsync(token, address, http.RequestAborted) is not { } actor)
        {
            // A good token is served from any address; who guesses is not even told that he guessed wrong.
            if (limits.CheckGuesses(address) is { } seconds) return ClientRefusals.TooMany(seconds);
            limits.CountGuess(address);
            return Old(401, "token_invalid", "Unauthorized");
        }

        if (actor.Role < PortalRole.Support) return Old(403, "forbidden", "This token may not clear sessions.");
        return await desk.ForceClearAsync(actor, key, "Cleared by a script (force-clear-session)", http.RequestAborted) is { } cleared
            ? ClientResult.Ok(new ClearAnswer("success", cleared > 0 ? "Sessions cleared" : "No active sessions found", cleared), ClientJson.Default.ClearAnswer)
            : Old(404, "unknown_key", "Invalid license key");
    }

    private static ClientResult Old(int status, string code, string message) => ClientResult.Refuse(status, new Refusal { Message = message, Code = code });
}
