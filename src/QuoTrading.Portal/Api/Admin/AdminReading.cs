using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Node;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The administrators' endpoints that tell what happened: history, events, audit log, numbers.</summary>
internal static class AdminReading
{
    private const int MostDays = 400;
    private const int MostSteps = 10_000;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/sessions/history", HistoryAsync).Describe(ReadingDescriptions.History);
        admin.MapGet("/sessions/{id:guid}", SessionAsync).Describe(ReadingDescriptions.Session);
        admin.MapGet("/events", EventsAsync).Describe(ReadingDescriptions.Events);
        admin.MapGet("/audit", AuditAsync).RequireAuthorization(Policies.Api.Administrator).Describe(ReadingDescriptions.Audit);
        admin.MapGet("/statistics", StatisticsAsync).Describe(ReadingDescriptions.Statistics);
        admin.MapGet("/statistics/concurrency", ConcurrencyAsync).Describe(ReadingDescriptions.Concurrency);
        admin.MapGet("/system", SystemAsync).Describe(SystemDescription.System);
    }

    private static Task<IResult> HistoryAsync(HttpContext http, SessionArchive archive)
    {
        var query = new AdminQuery(http.Request.Query);
        var filter = new SessionFilter(
            query.Instant("from"), query.Instant("to"), query.Id("license_id"), query.Text("customer"), query.Text("device"), query.Text("address"),
            query.Word<EndReason>("end", WireNames.Of), query.Flag("live"));
        if (filter is { End: not null, IsLive: true }) query.Refuse("live", "A session that is live has not ended: ask for live or for an end.");
        var page = query.Page();
        return query.AnswerAsync(
            () => archive.ReadAsync(filter, page, http.RequestAborted),
            found => TypedResults.Json(new HistoryAnswer([.. found.Items.Select(HistoryItem.Of)], found.Next, found.Previous), AdminJson.Readable.HistoryAnswer));
    }

    private static async Task<IResult> SessionAsync(HttpContext http, SessionArchive archive, Guid id) => await archive.FindAsync(id, http.RequestAborted) is { } record
        ? TypedResults.Json(HistoryItem.Of(record), AdminJson.Readable.HistoryItem)
        : AdminProblems.Of(404, "not_found", "There is no such session.");

    private static Task<IResult> EventsAsync(HttpContext http, EventArchive archive)
    {
        var query = new AdminQuery(http.Request.Query);
        var filter = new EventFilter(
            query.Instant("from"), query.Instant("to"), query.Id("license_id"), query.Guid("session_id"), query.Text("customer"), query.Text("device"),
            query.Text("address"), query.Word<EventKind>("kind", WireNames.Of), query.Raw("code"));
        var page = query.Page();
        return query.AnswerAsync(
            () => archive.ReadAsync(filter, page, http.RequestAborted),
            found => TypedResults.Json(new EventsAnswer([.. found.Items.Select(EventItem.Of)], found.Next, found.Previous), AdminJson.Readable.EventsAnswer));
    }

    private static Task<IResult> AuditAsync(HttpContext http, AuditArchive archive)
    {
        var query = new AdminQuery(http.Request.Query);
        var filter = new AuditFilter(query.Instant("from"), query.Instant("to"), query.Text("actor"), query.Text("action"), query.Raw("target_kind"), query.Text("target"));
        var page = query.Page();
        return query.AnswerAsync(
            () => archive.ReadAsync(http.GetActor(), filter, page, http.RequestAborted),
            found => TypedResults.Json(new AuditAnswer([.. found.Items.Select(AuditItem.Of)], found.Next, found.Previous), AdminJson.Readable.AuditAnswer));
    }

    private static async Task<IResult> StatisticsAsync(HttpContext http, Overview overview, OnlineBoard board)
    {
        if (AdminQuery.RefuseAny(http.Request) is { } wrong) return wrong;
        var numbers = await overview.ReadAsync(http.RequestAborted);
        var live = board.Renew().Rows;
        return TypedResults.Json(
            new StatisticsAnswer(numbers.At, live.Count, live.Select(row => row.LicenseId).Distinct().Count(), numbers.Licenses, numbers.Refusals), AdminJson.Readable.StatisticsAnswer);
    }

    private static async Task<IResult> ConcurrencyAsync(HttpContext http, ConcurrencyHistory history, TimeProvider time)
    {
        var query = new AdminQuery(http.Request.Query);
        var to = query.Instant("to") ?? time.GetUtcNow().UtcDateTime;
        var from = query.Instant("from") ?? to.AddDays(-1);
        var step = query.Number("step_minutes", 1, 1440) ?? 5;
        if (from >= to) query.Refuse("from", "from must be before to.");
        else if (to - from > TimeSpan.FromDays(MostDays)) query.Refuse("from", $"from and to must be at most {MostDays} days apart; ask in parts.");
        else if ((to - from).TotalMinutes / step > MostSteps) query.Refuse("step_minutes", $"That is more than {MostSteps:N0} steps; choose longer ones, or a shorter time.");
        if (query.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        var steps = await history.ReadAsync(from, to, TimeSpan.FromMinutes(step), http.RequestAborted);
        return TypedResults.Json(new ConcurrencyAnswer(from, to, step, [.. steps.Select(ConcurrencyItem.Of)]), AdminJson.Readable.ConcurrencyAnswer);
    }

    private static async Task<IResult> SystemAsync(HttpContext http, SystemBoard board) =>
        AdminQuery.RefuseAny(http.Request) ?? TypedResults.Json(SystemAnswer.Of(await board.ReadAsync(http.RequestAborted)), AdminJson.Readable.SystemAnswer);
}
