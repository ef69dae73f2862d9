using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The administrators' endpoints that are about one license: finding, making, changing and deleting it.</summary>
internal static class AdminLicenses
{
    private delegate LicenseChange? Making(BodyFields body);

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses", ListAsync).Describe(LicenseDescriptions.List);
        admin.MapPost("/licenses", CreateAsync).RequireAuthorization(Policies.Api.Administrator).Describe(LicenseDescriptions.Create);
        admin.MapGet("/licenses/{id:long}", GetAsync).Describe(LicenseDescriptions.Get);
        admin.MapPatch("/licenses/{id:long}", UpdateAsync).RequireAuthorization(Policies.Api.Administrator).Describe(LicenseDescriptions.Update);
        admin.MapDelete("/licenses/{id:long}", DeleteAsync).RequireAuthorization(Policies.Api.Administrator).Describe(LicenseDescriptions.Delete);
        admin.MapPost("/licenses/{id:long}/key", ReplaceKeyAsync).RequireAuthorization(Policies.Api.Administrator).Describe(LicenseDescriptions.ReplaceKey);
        admin.MapPost("/licenses/{id:long}/suspend", SuspendAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.Suspend);
        admin.MapPost("/licenses/{id:long}/reactivate", ReactivateAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.Reactivate);
        admin.MapPost("/licenses/{id:long}/cancel", CancelAsync).RequireAuthorization(Policies.Api.Administrator).Describe(LicenseDescriptions.Cancel);
        admin.MapPost("/licenses/{id:long}/extend", ExtendAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.Extend);
    }

    private static Task<IResult> ListAsync(HttpContext http, LicenseCatalog catalog)
    {
        var query = new AdminQuery(http.Request.Query);
        var filter = new LicenseFilter(
            query.Raw("search"), LicenseAnswers.ReadStanding(query.Raw("state"), query.Refuse), query.Raw("plan"),
            query.Instant("expires_from"), query.Instant("expires_to"), query.Id("customer_id"));
        if (SearchWords.Problem(filter.Search) is { } problem) query.Refuse("search", problem);
        var ordering = query.Word<LicenseOrdering>("sort", order => order.ToString().ToLowerInvariant()) ?? LicenseOrdering.Newest;
        var page = query.Page();
        return query.AnswerAsync(
            () => catalog.ReadAsync(filter, ordering, page, http.RequestAborted),
            found => TypedResults.Json(new LicensesAnswer([.. found.Items.Select(LicenseItem.Of)], found.Next, found.Previous), AdminJson.Readable.LicensesAnswer));
    }

    private static async Task<IResult> GetAsync(HttpContext http, LicenseDesk desk, long id)
    {
        if (await desk.FindAsync(id, http.RequestAborted) is not { } state) return LicenseAnswers.NotFound();
        http.Response.Headers.ETag = $"\"{state.Version}\"";
        return LicenseAnswers.Tell(state);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, LicenseIssuer issuer)
    {
        if (await AdminBody.ReadFieldsAsync(http) is not { } body) return AdminBody.NotJson("{\"email\": \"ada@example.com\", \"days\": 30}");
        var order = LicenseReader.ReadOrder(body);
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);

        // Keys: no cache between here and the script keeps them.
        http.Response.Headers.CacheControl = "no-store";
        var made = new List<NewLicense>(order.Count);
        try
        {
            return await issuer.IssueAsync(http.GetActor(), order, durable => made.AddRange(durable.Select(NewLicense.Of)), http.RequestAborted) switch
            {
                IssueOutcome.Issued issued => TypedResults.Json(new CreatedLicenses(issued.CustomerId, issued.ExpiresAt, made), AdminJson.Readable.CreatedLicenses, statusCode: 201),
                IssueOutcome.Invalid invalid => AdminProblems.Invalid(invalid.Errors),
                _ => throw new InvalidOperationException("An outcome nobody thought of."),
            };
        }
        catch (StoreUnavailableException) when (made.Count > 0)
        {
            // They are there, and nobody would learn their keys.
            return AdminProblems.Of(503, "incomplete", "The portal cannot write right now. Only some of the licenses were made; created has them.",
                "created", new CreatedLicenses(null, null, made), AdminJson.Readable.CreatedLicenses);
        }
    }

    private static async Task<IResult> UpdateAsync(HttpContext http, LicenseDesk desk, long id)
    {
        if (await AdminBody.ReadFieldsAsync(http) is not { } body) return AdminBody.NotJson("{\"seats\": 2}");
        return await ChangeAsync(http, desk, id, body, LicenseReader.ReadUpdate);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, LicenseDesk desk, long id)
    {
        if (await AdminBody.ReadFieldsAsync(http, optional: true) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        var (version, reason) = (LicenseAnswers.ReadVersion(http.Request, body), body.Text("reason"));
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        return LicenseAnswers.Tell(await desk.DeleteAsync(http.GetActor(), id, version, reason, http.RequestAborted));
    }

    private static async Task<IResult> ReplaceKeyAsync(HttpContext http, LicenseDesk desk, long id)
    {
        if (await AdminBody.ReadFieldsAsync(http, optional: true) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        var (version, reason) = (LicenseAnswers.ReadVersion(http.Request, body), body.Text("reason"));
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        http.Response.Headers.CacheControl = "no-store";
        return await desk.ReplaceKeyAsync(http.GetActor(), id, version, reason, http.RequestAborted) switch
        {
            KeyOutcome.Replaced replaced => TypedResults.Json(new ReplacedKey(replaced.License.Key, LicenseItem.Of(replaced.State, replaced.SessionsEnded)), AdminJson.Readable.ReplacedKey),
            KeyOutcome.Refused refused => LicenseAnswers.Tell(refused.Why),
            _ => throw new InvalidOperationException("An outcome nobody thought of."),
        };
    }

    private static Task<IResult> SuspendAsync(HttpContext http, LicenseDesk desk, long id) => DoAsync(http, desk, id, _ => new LicenseChange.Suspend());

    private static Task<IResult> ReactivateAsync(HttpContext http, LicenseDesk desk, long id) => DoAsync(http, desk, id, _ => new LicenseChange.Reactivate());

    private static Task<IResult> CancelAsync(HttpContext http, LicenseDesk desk, long id) => DoAsync(http, desk, id, _ => new LicenseChange.Cancel());

    private static Task<IResult> ExtendAsync(HttpContext http, LicenseDesk desk, long id) => DoAsync(http, desk, id, body =>
    {
        if (body.Number("days") is { } days) return new LicenseChange.Extend(days);
        body.Refuse("days", "days is needed: by how many days the license is extended.");
        return null;
    });

    // A reason is welcome and not needed, so neither is a body.
    private static async Task<IResult> DoAsync(HttpContext http, LicenseDesk desk, long id, Making make) =>
        await AdminBody.ReadFieldsAsync(http, optional: true) is { } body ? await ChangeAsync(http, desk, id, body, make) : AdminBody.NotJson("{\"reason\": \"…\"}");

    private static async Task<IResult> ChangeAsync(HttpContext http, LicenseDesk desk, long id, BodyFields body, Making make)
    {
        var change = make(body);
        var (version, reason) = (LicenseAnswers.ReadVersion(http.Request, body), body.Text("reason"));
        if (body.Errors is { Count: > 0 } wrong || change is null) return AdminProblems.Invalid(body.Errors);
        return LicenseAnswers.Tell(await desk.ChangeAsync(http.GetActor(), id, change, version, reason, http.RequestAborted));
    }
}
