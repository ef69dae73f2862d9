using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary><c>POST /api/admin/licenses/bulk</c>: one action on many licenses, which are chosen by id or by a filter.</summary>
internal static class AdminBulk
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapPost("/licenses/bulk", RunAsync).RequireAuthorization(Policies.Api.Support);

    /// <summary>Does one thing to many licenses</summary>
    /// <remarks>
    /// At most 10000 licenses, each in a transaction of its own. cancel and delete need an Administrator. If the portal fails half-way,
    /// the field done of the problem has the results so far (503, code incomplete).
    /// </remarks>
    [Example(
        """{"done":1,"unchanged":1,"refused":0,"results":[{"id":1,"result":"done","why":null,"sessions_ended":1},{"id":2,"result":"unchanged","why":"It was so already.","sessions_ended":0}]}""",
        Body = """{"action":"suspend","ids":[1,2],"reason":"unpaid"}""")]
    internal static async Task<AdminResult<BulkAnswer>> RunAsync(HttpContext http, AdminBody<BulkBody> body, LicenseBulk bulk, LicenseQueries queries)
    {
        var (_, _, reason, ids, chosen) = body.Value;
        var action = ReadAction(body);
        var filter = chosen is null ? null : ReadFilter(chosen, body.Inner!);
        if (!body.OwnErrors.Any() && (ids is null) == (filter is null)) body.Refuse("ids", "Choose the licenses by ids or by a filter: one of them, not both.");
        if (LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason) is { } tooLong) body.Refuse(tooLong.Field, tooLong.Message);
        if (body.Problem is { } wrong) return wrong;

        var targets = ids is not null
            ? [.. ids.Distinct().Select(id => new LicenseTarget(id, "", ""))]
            : await queries.TargetsAsync(filter!, LicenseBulk.Most + 1, http.RequestAborted);
        if (targets.Count > LicenseBulk.Most)
            return AdminProblems.Invalid([new FieldError(ids is null ? "filter" : "ids", $"That is more than {LicenseBulk.Most:N0} licenses. Nothing was changed; do it in parts.")]);

        var results = new List<BulkItem>(targets.Count);
        try
        {
            await foreach (var result in bulk.RunAsync(http.GetActor(), targets, action!, reason, http.RequestAborted)) results.Add(BulkItem.Of(result));
            return BulkAnswer.Of(results);
        }
        catch (StoreUnavailableException) when (results.Count > 0)
        {
            return AdminProblems.Of(503, "incomplete", "The portal cannot write right now. What done names was done, and nothing else.", "done", BulkAnswer.Of(results));
        }
    }

    private static BulkAction? ReadAction(AdminBody<BulkBody> body)
    {
        var (word, days) = (body.Value.Action, body.Value.Days);
        if (word != "extend" && days is not null) body.Refuse("days", "days belongs to the action extend.");
        BulkAction? action = word switch
        {
            "suspend" => new BulkAction.Change(new LicenseChange.Suspend()),
            "reactivate" => new BulkAction.Change(new LicenseChange.Reactivate()),
            "cancel" => new BulkAction.Change(new LicenseChange.Cancel()),
            "extend" => days is { } count ? new BulkAction.Change(new LicenseChange.Extend(count)) : null,
            "delete" => new BulkAction.Delete(),
            _ => null,
        };
        if (action is null && word == "extend") body.Refuse("days", "days is needed: by how many days the licenses are extended.");
        else if (action is null) body.Refuse("action", "action must be one of suspend, reactivate, cancel, extend, delete.");
        return action;
    }

    // An empty filter would select every license, which is never intended.
    private static LicenseFilter ReadFilter(BulkFilter chosen, AdminBody body)
    {
        var state = (LicenseStanding?)AdminInput.WordOf(typeof(LicenseStanding), chosen.State);
        if (chosen.State is not null && state is null) body.Refuse("state", $"state must be one of {string.Join(", ", AdminInput.WordsOf(typeof(LicenseStanding)))}.");
        var filter = new LicenseFilter(Blank(chosen.Search), state, Blank(chosen.Plan), chosen.ExpiresFrom, chosen.ExpiresTo);
        if (SearchWords.Problem(filter.Search) is { } problem) body.Refuse("search", problem);
        if (filter == new LicenseFilter()) body.Refuse("filter", "filter must name something: search, state, plan, expires_from, expires_to.");
        return filter;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
