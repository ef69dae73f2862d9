using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// All sessions, past and live, newest first. Reads the store; fast with millions of rows (docs/performance.md has the query plans).
/// </summary>
public sealed class SessionQueries(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is invalid.</exception>
    public async Task<Page<PastSession>> ReadAsync(SessionFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await (await PlanAsync(db, filter, inOrder: true, cancel)).ReadAsync(cancel);
        return await rows.ReadPageAsync(r => r.SessionId, request, Guid.Parse, r => r.SessionId.ToString(), cancel);
    }

    /// <summary>The number of sessions, counted only as far as that is fast.</summary>
    public async Task<Counted> CountAsync(SessionFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await PlanAsync(db, filter, inOrder: false, cancel)).CountAsync(RowCount.Most, cancel);
    }

    /// <summary>All sessions, read page by page: a slow reader, or one that stops, blocks nothing.</summary>
    public IAsyncEnumerable<PastSession> StreamAsync(SessionFilter filter, CancellationToken cancel = default) =>
        KeyPaging.StreamAsync((request, token) => ReadAsync(filter, request, token), cancel);

    /// <summary>One session; null if there is none.</summary>
    public async Task<PastSession?> FindAsync(Guid sessionId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.SessionHistory.AsNoTracking().SingleOrDefaultAsync(r => r.SessionId == sessionId, cancel);
    }

    private static async Task<QueryPlan<PastSession>> PlanAsync(PortalDbContext db, SessionFilter filter, bool inOrder, CancellationToken cancel)
    {
        // The key sorts by start.
        var table = db.SessionHistory.AsNoTracking();
        var inTime = table;
        if (filter.From is { } from)
        {
            var first = FirstAt(from);
            inTime = inTime.Where(r => r.SessionId >= first);
        }

        if (filter.To is { } to)
        {
            var last = FirstAt(to);
            inTime = inTime.Where(r => r.SessionId < last);
        }

        var plan = new QueryPlan<PastSession>(table, inTime, filter is not { From: null, To: null });
        if (filter.LicenseId is { } license) plan.Equal(rows => rows.Where(r => r.LicenseId == license), rows => rows.Where(r => r.LicenseId.Unindexed() == license));
        if (filter.Customer is { } typed) await ByCustomerAsync(plan, db, typed.ToLower(), inOrder, cancel);
        var found = filter.Words is { } words ? await CustomerFilter.SearchAsync(db, words, filter.LicenseId, cancel) : null;
        if (found is not null) plan.Among(rows => rows.Where(r => found.Contains(r.LicenseId)), rows => rows.Where(r => found.Contains(r.LicenseId.Unindexed())));
        if (filter.Device is { } device) plan.Match(device, r => r.Device);
        if (filter.Named is { } name) await DeviceNameFilter.AddAsync(plan, db, name, r => r.Device, found ?? (filter.LicenseId is { } one ? [one] : null), cancel);
        if (filter.Address is { } address) plan.Match(address, r => r.Address);
        if (filter.IsLive) plan.Equal(rows => rows.Where(r => r.EndReason == null), rows => rows.Where(r => r.EndedAt == null));
        else if (filter.End is { } end) plan.Equal(rows => rows.Where(r => r.EndReason == end), rows => rows.Where(r => r.EndReason.Unindexed() == end));
        return plan;
    }

    private static async Task ByCustomerAsync(QueryPlan<PastSession> plan, PortalDbContext db, TextMatch customer, bool inOrder, CancellationToken cancel)
    {
        var all = CustomerFilter.All(db, customer);
        if (await CustomerFilter.FindAsync(db, customer, cancel) is { } few) plan.Among(rows => rows.Where(r => few.Contains(r.LicenseId)), rows => rows.Where(r => few.Contains(r.LicenseId.Unindexed())));
        else if (inOrder) plan.Look(rows => customer.In(rows, r => r.CustomerEmail, byIndex: false));
        else plan.Among(rows => rows.Where(r => all.Contains(r.LicenseId)), rows => customer.In(rows, r => r.CustomerEmail, byIndex: false));
    }

    /// <summary>A key that sorts before every session that starts at this time or later.</summary>
    internal static Guid FirstAt(DateTime utc)
    {
        var milliseconds = new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return Guid.Parse($"{milliseconds >> 16:x8}-{milliseconds & 0xffff:x4}-7000-8000-000000000000");
    }
}
