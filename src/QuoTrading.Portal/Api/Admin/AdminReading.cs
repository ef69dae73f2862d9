using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Node;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The endpoints of administrators' scripts that only read: history, events, audit log, statistics, system.</summary>
internal static class AdminReading
{
    private const int MostDays = 400;
    private const int MostSteps = 10_000;

    private const string One = """{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","device":"3f9a1c0d5e7b2a64","device_name":null,"address":"192.0.2.1","symbol":"ES","bot_version":"2.0.0","seat":1,"started_at":"2026-11-21T18:22:19Z","last_seen_at":"2026-11-21T19:40:01Z","ended_at":"2026-11-21T19:40:02Z","end_reason":"released","ended_by":null,"end_note":null,"interruptions":0}""";

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/sessions/history", HistoryAsync);
        admin.MapGet("/sessions/{id:guid}", SessionAsync);
        admin.MapGet("/events", EventsAsync);
        admin.MapGet("/audit", AuditAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapGet("/statistics", StatisticsAsync);
        admin.MapGet("/statistics/concurrency", ConcurrencyAsync);
        admin.MapGet("/system", SystemAsync);
    }

    /// <summary>Sessions, live and ended, newest first</summary>
    [Example($$"""{"sessions":[{{One}}],"next":null,"previous":null}""")]
    internal static Task<AdminResult<HistoryAnswer>> HistoryAsync(AdminQuery<HistoryQuery> query, SessionQueries queries, CancellationToken cancel)
    {
        var asked = query.Value;
        if (asked is { End: not null, Live: true }) query.Refuse("live", "A session that is live has not ended: ask for live or for an end.");
        var filter = new SessionFilter(asked.From, asked.To, asked.LicenseId, asked.Customer, asked.Device, asked.Address, asked.End, asked.Live);
        return query.PageAsync(page => queries.ReadAsync(filter, page, cancel), found => new HistoryAnswer([.. found.Items.Select(HistoryItem.Of)], found.Next, found.Previous));
    }

    /// <summary>One session, live or ended</summary>
    [Example(One)]
    internal static async Task<AdminResult<HistoryItem>> SessionAsync(SessionQueries queries, Guid id, CancellationToken cancel) =>
        await queries.FindAsync(id, cancel) is { } record ? HistoryItem.Of(record) : AdminProblems.Of(404, "not_found", "There is no such session.");

    /// <summary>What happened, newest first</summary>
    [Example("""{"events":[{"id":7,"at":"2026-11-21T18:22:19Z","last_at":"2026-11-21T18:22:49Z","count":2,"kind":"refused","code":"session_conflict","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","session_id":null,"device":"9b1c64d2a7e0f385","address":"192.0.2.7","by":null,"detail":null}],"next":null,"previous":null}""")]
    internal static Task<AdminResult<EventsAnswer>> EventsAsync(AdminQuery<EventsQuery> query, EventQueries queries, CancellationToken cancel)
    {
        var asked = query.Value;
        var filter = new EventFilter(asked.From, asked.To, asked.LicenseId, asked.SessionId, asked.Customer, asked.Device, asked.Address, asked.Kind, asked.Code);
        return query.PageAsync(page => queries.ReadAsync(filter, page, cancel), found => new EventsAnswer([.. found.Items.Select(EventItem.Of)], found.Next, found.Previous));
    }

    /// <summary>Who did what to what, newest first</summary>
    [Example("""{"entries":[{"id":3,"at":"2026-11-21T18:22:19Z","actor_kind":"token","actor":"billing","address":"192.0.2.9","action":"license.suspend","target_kind":"license","target":"1","reason":"unpaid","before":{"status":"Active"},"after":{"key":"VFAE-…-NYV8","customer":"ada@example.com","status":"Suspended","sessions_ended":1}}],"next":null,"previous":null}""")]
    internal static Task<AdminResult<AuditAnswer>> AuditAsync(HttpContext http, AdminQuery<AuditQuery> query, AuditQueries queries)
    {
        var asked = query.Value;
        var filter = new AuditFilter(asked.From, asked.To, asked.Actor, asked.Action, asked.TargetKind, asked.Target);
        return query.PageAsync(
            page => queries.ReadAsync(http.GetActor(), filter, page, http.RequestAborted), found => new AuditAnswer([.. found.Items.Select(AuditItem.Of)], found.Next, found.Previous));
    }

    /// <summary>The numbers of the overview</summary>
    /// <remarks>
    /// Up to 3 seconds old. refusals are those of the last 24 hours: events counts the entries in Activity, requests counts every request.
    /// </remarks>
    [Example("""{"at":"2026-11-21T18:22:19Z","sessions_live":41,"licenses_live":38,"licenses":{"active":120,"expired":14,"suspended":2,"cancelled":5,"expiring_in_week":6,"expiring_in_month":31},"refusals":[{"code":"session_conflict","events":9,"requests":24}]}""")]
    internal static async Task<AdminResult<StatisticsAnswer>> StatisticsAsync(AdminQuery<NoParameters> query, Overview overview, OnlineMonitor monitor, CancellationToken cancel)
    {
        if (query.Problem is { } wrong) return wrong;
        var numbers = await overview.ReadAsync(cancel);
        var live = monitor.Renew().Rows;
        return new StatisticsAnswer(numbers.At, live.Count, live.Select(row => row.LicenseId).Distinct().Count(), numbers.Licenses, numbers.Refusals);
    }

    /// <summary>How many sessions were live at a time</summary>
    /// <remarks>The maximum of each step. A step in which the portal did not run is left out.</remarks>
    [Example("""{"from":"2026-11-21T18:00:00Z","to":"2026-11-21T18:10:00Z","step_minutes":5,"steps":[{"at":"2026-11-21T18:00:00Z","sessions":40,"licenses":37},{"at":"2026-11-21T18:05:00Z","sessions":41,"licenses":38}]}""")]
    internal static async Task<AdminResult<ConcurrencyAnswer>> ConcurrencyAsync(AdminQuery<ConcurrencyQuery> query, ConcurrencyHistory history, TimeProvider time, CancellationToken cancel)
    {
        var to = query.Value.To ?? time.GetUtcNow().UtcDateTime;
        var from = query.Value.From ?? to.AddDays(-1);
        var step = query.Value.StepMinutes ?? 5;
        if (from >= to) query.Refuse("from", "from must be before to.");
        else if (to - from > TimeSpan.FromDays(MostDays)) query.Refuse("from", $"from and to must be at most {MostDays} days apart; ask in parts.");
        else if ((to - from).TotalMinutes / step > MostSteps) query.Refuse("step_minutes", $"That is more than {MostSteps:N0} steps; choose longer ones, or a shorter time.");
        if (query.Problem is { } wrong) return wrong;
        var steps = await history.ReadAsync(from, to, TimeSpan.FromMinutes(step), cancel);
        return new ConcurrencyAnswer(from, to, step, [.. steps.Select(ConcurrencyItem.Of)]);
    }

    /// <summary>How the portal itself is doing</summary>
    /// <remarks>
    /// The same figures as on the System page, up to 1 second old. For alarms /health/ready is enough, and needs no token.
    /// </remarks>
    [Example(
        """
        {"at":"2026-11-21T18:22:19Z",
        "server":{"version":"0.1.0","runtime":".NET 10.0.12","started_at":"2026-11-20T06:00:00Z","uptime_seconds":130939.2,"memory_bytes":184549376},
        "database":{"engine":"SQLite 3.50.4","path":"/var/lib/quotrading-portal/portal.db","bytes":41943040,"log_bytes":4153920,"free_bytes":51539607552,"available":true,"last_commit_seconds":0.0021,"commit_median_seconds":0.0019,"commit_p99_seconds":0.0087},
        "load":{"sessions_live":41,"streams_open":17,"heartbeats_per_second":1.4,"queue_depth":0,"open_pages":2,"feed_lag_seconds":0.012,"feed_lag_p99_seconds":0.49,"refused_in_hour":[{"code":"session_conflict","count":24}]},
        "problems":[{"check":"backups","text":"The scheduled backup fails since 03:01 UTC. …","since":"2026-11-21T03:01:00Z","warning":true}],
        "backups":{"folder":"/var/lib/quotrading-portal/backups","last_at":"2026-11-20T03:00:41Z","next_at":"2026-11-22T03:00:00Z","failed_at":"2026-11-21T18:16:00Z","failure":"…","files":[{"name":"portal-20261120-030041.db","at":"2026-11-20T03:00:41Z","bytes":39845888}]},
        "signing_keys":[{"kid":"3f9a1c0d5e7b2a64","role":"current","since":"2026-11-20T06:00:00Z","key":"3f9a1c0d5e7b2a64:MIIBIjANBgkqhkiG9w0BAQ…","available":true}]}
        """)]
    internal static async Task<AdminResult<SystemAnswer>> SystemAsync(AdminQuery<NoParameters> query, SystemMonitor monitor, CancellationToken cancel) =>
        query.Problem is { } wrong ? wrong : SystemAnswer.Of(await monitor.ReadAsync(cancel));
}
