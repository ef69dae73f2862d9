using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>All events, newest first. Reads the store; fast with millions of rows.</summary>
public sealed class EventQueries(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is invalid.</exception>
    public async Task<Page<SessionEvent>> ReadAsync(EventFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await (await PlanAsync(db, filter, inOrder: true, cancel)).ReadAsync(cancel);
        return await rows.ReadPageAsync(e => e.Id, request, KeyPaging.ReadNumber, e => KeyPaging.NameOf(e.Id), cancel);
    }

    /// <summary>The number of rows, counted only as far as that is fast.</summary>
    public async Task<Counted> CountAsync(EventFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await PlanAsync(db, filter, inOrder: false, cancel)).CountAsync(RowCount.Most, cancel);
    }

    /// <summary>The number of events that are newer than <paramref name="newest"/>.</summary>
    /// <param name="newest">The id of the newest event that the page shows.</param>
    /// <param name="most">Counting stops here.</param>
    public async Task<int> CountNewerAsync(EventFilter filter, long newest, int most, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return (await (await PlanAsync(db, filter, inOrder: false, cancel, newest)).CountAsync(most, cancel)).Number;
    }

    /// <summary>All events, read page by page.</summary>
    public IAsyncEnumerable<SessionEvent> StreamAsync(EventFilter filter, CancellationToken cancel = default) =>
        KeyPaging.StreamAsync((request, token) => ReadAsync(filter, request, token), cancel);

    /// <summary>The id of the first event at or after a time: ids grow with time.</summary>
    internal static async Task<long> FirstAtAsync(PortalDbContext db, DateTime utc, CancellationToken cancel) =>
        await db.SessionEvents.Where(e => e.At >= utc).OrderBy(e => e.At).Select(e => (long?)e.Id).FirstOrDefaultAsync(cancel) ?? long.MaxValue;

    /// <param name="inOrder">False if the rows are only counted.</param>
    /// <param name="behind">Only events after this id.</param>
    private static async Task<QueryPlan<SessionEvent>> PlanAsync(PortalDbContext db, EventFilter filter, bool inOrder, CancellationToken cancel, long behind = 0)
    {
        var table = db.SessionEvents.AsNoTracking();
        var inTime = table;
        if (filter.From is { } from)
        {
            var first = await FirstAtAsync(db, from, cancel);
            inTime = inTime.Where(e => e.Id >= first);
        }

        if (filter.To is { } to)
        {
            var last = await FirstAtAsync(db, to, cancel);
            inTime = inTime.Where(e => e.Id < last);
        }

        if (behind > 0) inTime = inTime.Where(e => e.Id > behind);
        var plan = new QueryPlan<SessionEvent>(table, inTime, filter is not { From: null, To: null } || behind > 0);
        if (filter.LicenseId is { } license) plan.Equal(rows => rows.Where(e => e.LicenseId == license), rows => rows.Where(e => e.LicenseId.Unindexed() == license));
        if (filter.SessionId is { } session)
        {
            // A session belongs to one license, and the license has an index.
            var owner = await db.SessionHistory.Where(r => r.SessionId == session).Select(r => (long?)r.LicenseId).SingleOrDefaultAsync(cancel);
            plan.Equal(rows => rows.Where(e => e.LicenseId == owner && e.SessionId == session), rows => rows.Where(e => e.LicenseId.Unindexed() == owner && e.SessionId == session));
        }

        if (filter.Customer is { } typed) await ByCustomerAsync(plan, db, typed.ToLower(), inOrder, cancel);
        var found = filter.Words is { } words ? await CustomerFilter.SearchAsync(db, words, filter.LicenseId, cancel) : null;
        if (found is not null) plan.Among(rows => rows.Where(e => e.LicenseId != null && found.Contains(e.LicenseId.Value)), rows => rows.Where(e => found.Contains(e.LicenseId!.Value.Unindexed())));
        if (filter.Device is { } device) plan.Match(device, e => e.Device);
        if (filter.Named is { } name) await DeviceNameFilter.AddAsync(plan, db, name, e => e.Device, found ?? (filter.LicenseId is { } one ? [one] : null), cancel);
        if (filter.Address is { } address) plan.Match(address, e => e.Address);
        // Before the kind: a reason matches fewer rows.
        if (filter.Code is { } code) plan.Equal(rows => rows.Where(e => e.Code == code), rows => rows.Where(e => e.Code.Unindexed() == code));
        if (filter.Kind is { } kind) plan.Equal(rows => rows.Where(e => e.Kind == kind), rows => rows.Where(e => (e.Kind == kind) == (e.Count > 0)));
        return plan;
    }

    private static async Task ByCustomerAsync(QueryPlan<SessionEvent> plan, PortalDbContext db, TextMatch customer, bool inOrder, CancellationToken cancel)
    {
        var all = CustomerFilter.All(db, customer);
        if (await CustomerFilter.FindAsync(db, customer, cancel) is { } few)
            plan.Among(rows => rows.Where(e => e.LicenseId != null && few.Contains(e.LicenseId.Value)), rows => rows.Where(e => few.Contains(e.LicenseId!.Value.Unindexed())));
        else if (inOrder) plan.Look(rows => customer.In(rows, e => e.CustomerEmail, byIndex: false));
        else plan.Among(rows => rows.Where(e => e.LicenseId != null && all.Contains(e.LicenseId.Value)), rows => customer.In(rows, e => e.CustomerEmail, byIndex: false));
    }
}
