using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Activity;
using QuoTrading.Portal.Components.Pages.Audit;
using QuoTrading.Portal.Components.Pages.History;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Export;

/// <summary>The lists as CSV files: <c>GET /export/history.csv</c> with the same query string as the page. For signed-in people.</summary>
internal static class ListExports
{
    public const string Path = "/export";

    private static readonly CsvColumn<PastSession>[] HistoryColumns =
    [
        new("session_id", r => r.SessionId), new("license_id", r => r.LicenseId), new("customer", r => r.CustomerEmail), new("license_key", r => r.KeyMasked), new("plan", r => r.Plan),
        new("device", r => r.Device), new("device_name", r => r.DeviceName), new("address", r => r.Address), new("symbol", r => r.Symbol), new("bot_version", r => r.BotVersion),
        new("seat", r => r.Seat), new("started_at", r => r.StartedAt), new("last_seen_at", r => r.LastSeenAt), new("ended_at", r => r.EndedAt),
        new("length_seconds", r => r.EndedAt is { } ended ? (long)(ended - r.StartedAt).TotalSeconds : null), new("end_reason", r => r.EndReason is { } end ? WireNames.Of(end) : null),
        new("ended_by", r => r.EndedBy), new("end_note", r => r.EndNote), new("interruptions", r => r.Interruptions),
    ];

    private static readonly CsvColumn<SessionEvent>[] ActivityColumns =
    [
        new("id", e => e.Id), new("at", e => e.At), new("last_at", e => e.LastAt), new("count", e => e.Count), new("kind", e => WireNames.Of(e.Kind)), new("code", e => e.Code),
        new("license_id", e => e.LicenseId), new("customer", e => e.CustomerEmail), new("license_key", e => e.KeyMasked), new("session_id", e => e.SessionId), new("device", e => e.Device),
        new("address", e => e.Address), new("by", e => e.By), new("detail", e => e.Detail),
    ];

    private static readonly CsvColumn<AuditEntry>[] AuditColumns =
    [
        new("id", a => a.Id), new("at", a => a.At), new("actor_kind", a => a.ActorKind), new("actor", a => a.Actor), new("address", a => a.Address), new("action", a => a.Action),
        new("target_kind", a => a.TargetKind), new("target", a => a.Target), new("reason", a => a.Reason), new("before", a => a.Before), new("after", a => a.After),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        var exports = app.MapGroup(Path).RequireAuthorization(Policies.Viewer).AddEndpointFilter(new ExportLimit());
        LicenseExport.Map(exports);
        exports.MapGet("/history.csv", HistoryAsync);
        exports.MapGet("/activity.csv", ActivityAsync);
        exports.MapGet("/audit.csv", AuditAsync).RequireAuthorization(Policies.Administrator);
    }

    private static Task HistoryAsync(HttpContext context, SessionQueries queries, TimeProvider time) =>
        WriteAsync(context, time, "history", HistoryQuery.Read, HistoryColumns, filter => queries.StreamAsync(filter, context.RequestAborted));

    private static Task ActivityAsync(HttpContext context, EventQueries queries, TimeProvider time) =>
        WriteAsync(context, time, "activity", ActivityQuery.Read, ActivityColumns, filter => queries.StreamAsync(filter, context.RequestAborted));

    private static Task AuditAsync(HttpContext context, AuditQueries queries, TimeProvider time) =>
        WriteAsync(context, time, "audit", AuditQuery.Read, AuditColumns, filter => queries.StreamAsync(context.GetActor(), filter, context.RequestAborted));

    private static async Task WriteAsync<TFilter, T>(HttpContext context, TimeProvider time, string name, Func<ListQuery, TFilter> understand, CsvColumn<T>[] columns, Func<TFilter, IAsyncEnumerable<T>> read)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var query = new ListQuery(value => context.Request.Query[value], now);
        var filter = understand(query);
        if (query.Problems.Count > 0)
        {
            // To ignore a filter that cannot be read would export more rows than requested.
            await Results.Text(string.Join('\n', query.Problems), statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        await using var rows = read(filter).GetAsyncEnumerator(context.RequestAborted);
        bool any;
        try
        {
            any = await rows.MoveNextAsync();
        }
        catch (TooManyMatchException many)
        {
            await Results.Text(many.Message, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        await CsvResponse.WriteAsync(context, $"{name}-{now:yyyy-MM-dd-HHmm}", columns, FromHereOnAsync(rows, any));
    }

    private static async IAsyncEnumerable<T> FromHereOnAsync<T>(IAsyncEnumerator<T> rows, bool any)
    {
        for (; any; any = await rows.MoveNextAsync()) yield return rows.Current;
    }
}
