using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api;

/// <summary>The part of the administrators' endpoints that is about licenses: finding them, and changing those that are there.</summary>
internal static class AdminLicenses
{
    private const int DefaultItems = 100;
    private const int MostItems = 1000;

    private delegate LicenseChange? Making(LicenseBody body);

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses", ListAsync);
        admin.MapGet("/licenses/{id:long}", GetAsync);
        admin.MapPatch("/licenses/{id:long}", UpdateAsync).RequireAuthorization(Policies.Api.Administrator);
        Post("suspend", Policies.Api.Support, _ => new LicenseChange.Suspend());
        Post("reactivate", Policies.Api.Support, _ => new LicenseChange.Reactivate());
        Post("cancel", Policies.Api.Administrator, _ => new LicenseChange.Cancel());
        Post("extend", Policies.Api.Support, body => body.Days is { } days ? new LicenseChange.Extend(days) : null);

        void Post(string verb, string policy, Making make) => admin
            .MapPost($"/licenses/{{id:long}}/{verb}", (HttpContext http, LicenseDesk desk, long id) => ChangeAsync(http, desk, id, make))
            .RequireAuthorization(policy);
    }

    private static async Task<IResult> ListAsync(HttpContext http, LicenseDesk desk)
    {
        var query = http.Request.Query;
        var limit = DefaultItems;
        if (query["limit"] is [{ } count] && (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostItems))
            return AdminProblems.Of(400, "invalid", $"limit must be 1 to {MostItems}.");
        var after = 0L;
        if (query["after"] is [{ } last] && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            return AdminProblems.Of(400, "invalid", "after must be the number that the page before gave as next.");
        var search = query["search"] is [{ } text] && text.Trim().Length > 0 ? text : null;
        if (search?.Length > LicenseKey.MaxLength) return AdminProblems.Of(400, "invalid", $"search must be at most {LicenseKey.MaxLength} characters.");

        var found = await desk.ListAsync(http.GetActor(), search, after, limit + 1, http.RequestAborted);
        var page = found.Take(limit).Select(state => LicenseItem.Of(state)).ToList();
        return TypedResults.Json(new LicensesAnswer(page, found.Count > limit ? page[^1].Id : null), AdminJson.Readable.LicensesAnswer);
    }

    private static async Task<IResult> GetAsync(HttpContext http, LicenseDesk desk, long id) =>
        await desk.FindAsync(id, http.RequestAborted) is { } state ? Tell(state) : NotFound();

    private static async Task<IResult> ChangeAsync(HttpContext http, LicenseDesk desk, long id, Making make)
    {
        // A reason is welcome and not needed, so neither is a body.
        var body = http.Request.ContentLength == 0 ? new LicenseBody(null, null) : await AdminBody.ReadAsync(http, AdminJson.Readable.LicenseBody);
        if (body is null) return AdminBody.NotJson("{\"reason\": \"…\"}");
        if (make(body) is not { } change) return AdminProblems.Invalid([new FieldError("days", "days is needed: by how many days the license is extended.")]);
        return Tell(await desk.ChangeAsync(http.GetActor(), id, change, reason: body.Reason, cancel: http.RequestAborted));
    }

    private static async Task<IResult> UpdateAsync(HttpContext http, LicenseDesk desk, long id)
    {
        using var document = await AdminBody.ReadDocumentAsync(http);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object) return AdminBody.NotJson("{\"seats\": 2}");
        var (change, reason, errors) = LicenseReader.Read(document.RootElement);
        if (errors.Count > 0) return AdminProblems.Invalid(errors);
        return Tell(await desk.ChangeAsync(http.GetActor(), id, change, reason: reason, cancel: http.RequestAborted));
    }

    private static IResult Tell(LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Changed changed => Tell(changed.License, changed.SessionsEnded),
        LicenseOutcome.Unchanged unchanged => Tell(unchanged.License, 0),
        LicenseOutcome.Invalid invalid => AdminProblems.Invalid(invalid.Errors),
        LicenseOutcome.NotFound => NotFound(),
        LicenseOutcome.Outdated => AdminProblems.Of(409, "outdated", "Somebody else has changed the license meanwhile. Nothing was changed."),
        _ => throw new InvalidOperationException("An outcome nobody thought of."),
    };

    private static JsonHttpResult<LicenseItem> Tell(LicenseState state, int? sessionsEnded = null) =>
        TypedResults.Json(LicenseItem.Of(state, sessionsEnded), AdminJson.Readable.LicenseItem);

    private static ProblemHttpResult NotFound() => AdminProblems.Of(404, "not_found", "There is no such license.");
}
