using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary><c>POST /api/admin/licenses/bulk</c>: one thing done to many licenses, chosen by number or by a filter.</summary>
internal static class AdminBulk
{
    public static void Map(IEndpointRouteBuilder admin) =>
        admin.MapPost("/licenses/bulk", RunAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.Bulk);

    private static async Task<IResult> RunAsync(HttpContext http, LicenseBulk bulk, LicenseCatalog catalog)
    {
        if (await AdminBody.ReadFieldsAsync(http, mostBytes: AdminBody.MostBytesOfMany) is not { } body) return AdminBody.NotJson("{\"action\": \"suspend\", \"ids\": [1, 2]}");
        var action = ReadAction(body);
        var (reason, ids, chosen) = (body.Text("reason"), body.Numbers("ids"), body.Object("filter"));
        var filter = chosen is null ? null : ReadFilter(chosen);
        if (body.Errors.Count == 0 && (ids is null) == (filter is null)) body.Refuse("ids", "Choose the licenses by ids or by a filter: one of them, not both.");
        if (LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason) is { } tooLong) body.Refuse(tooLong.Field, tooLong.Message);
        if (Enumerable.Concat(body.Errors, chosen?.Errors ?? []).ToList() is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);

        var targets = ids is not null
            ? [.. ids.Distinct().Select(id => new LicenseTarget(id, "", ""))]
            : await catalog.TargetsAsync(filter!, LicenseBulk.Most + 1, http.RequestAborted);
        if (targets.Count > LicenseBulk.Most)
            return AdminProblems.Invalid([new FieldError(ids is null ? "filter" : "ids", $"That is more than {LicenseBulk.Most:N0} licenses. Nothing was changed; do it in parts.")]);

        var results = new List<BulkItem>(targets.Count);
        try
        {
            await foreach (var result in bulk.RunAsync(http.GetActor(), targets, action!, reason, http.RequestAborted)) results.Add(BulkItem.Of(result));
            return TypedResults.Json(BulkAnswer.Of(results), AdminJson.Readable.BulkAnswer);
        }
        catch (StoreUnavailableException) when (results.Count > 0)
        {
            return AdminProblems.Of(503, "incomplete", "The portal cannot write right now. What done names was done, and nothing else.", "done", BulkAnswer.Of(results), AdminJson.Readable.BulkAnswer);
        }
    }

    private static BulkAction? ReadAction(BodyFields body)
    {
        var (word, days) = (body.Text("action"), body.Number("days"));
        if (word != "extend" && days is not null) body.Refuse("days", "days belongs to the action extend.");
        switch (word)
        {
            case "suspend":
                return new BulkAction.Change(new LicenseChange.Suspend());
            case "reactivate":
                return new BulkAction.Change(new LicenseChange.Reactivate());
            case "cancel":
                return new BulkAction.Change(new LicenseChange.Cancel());
            case "extend" when days is { } count:
                return new BulkAction.Change(new LicenseChange.Extend(count));
            case "extend":
                body.Refuse("days", "days is needed: by how many days the licenses are extended.");
                return null;
            case "delete":
                return new BulkAction.Delete();
            default:
                body.Refuse("action", "action must be one of suspend, reactivate, cancel, extend, delete.");
                return null;
        }
    }

    // An empty filter is every license there is: nobody means that.
    private static LicenseFilter ReadFilter(BodyFields fields)
    {
        var filter = new LicenseFilter(
            Blank(fields.Text("search")), LicenseAnswers.ReadStanding(fields.Text("state"), fields.Refuse), Blank(fields.Text("plan")),
            fields.InstantIfAny("expires_from").Value, fields.InstantIfAny("expires_to").Value);
        if (SearchWords.Problem(filter.Search) is { } problem) fields.Refuse("search", problem);
        if (filter == new LicenseFilter()) fields.Refuse("filter", "filter must name something: search, state, plan, expires_from, expires_to.");
        return filter;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
