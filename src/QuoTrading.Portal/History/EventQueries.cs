using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>Everything that happened, newest first. Reads the store; fast with millions of rows.</summary>
public sealed class EventQueries(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is none.</exception>
    public async Task<Page<SessionEvent>> ReadAsync(EventFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await (await NarrowAsync(db, filter, inOrder: true, cancel)).ReadAsync(cancel);
        return await rows.ReadPageAsync(e => e.Id, request, KeyPaging.ReadNumber, e => KeyPaging.NameOf(e.Id), cancel);
    }

    /// <summary>How many rows there are, as far as that is soon said.</summary>
    public async Task<Counted> CountAsync(EventFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await NarrowAsync(db, filter, inOrder: false, cancel)).CountAsync(RowCount.Most, cancel);
    }

    /// <summary>How many there are behind one that shows: those that came since.</summary>
    /// <param name="most">It counts so far and no further.</param>
    public async Task<int> CountNewerAsync(EventFilter filter, long newest, int most, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return (await (await NarrowAsync(db, filter, inOrder: false, cancel, newest)).CountAsync(most, cancel)).Number;
    }

    /// <summary>All of them, read piece by piece.</summary>
    public IAsyncEnumerable<SessionEvent> StreamAsync(EventFilter filter, CancellationToken cancel = default) =>
        KeyPaging.StreamAsync((request, token) => ReadAsync(filter, request, token), cancel);

    /// <summary>The number of the first event at or after a time: numbers grow with the time.</summary>
    internal static async Task<long> FirstAtAsync(PortalDbContext db, DateTime utc, CancellationToken cancel) =>
        await db.SessionEvents.Where(e => e.At >= utc).OrderBy(e => e.At).Select(e => (long?)e.Id).FirstOrDefaultAsync(cancel) ?? long.MaxValue;

    /// <param name="inOrder">False for what is only counted.</param>
    /// <param name="behind">Only what came after this one.</param>
    private static async Task<QueryPlan<SessionEvent>> NarrowAsync(PortalDbContext db, EventFilter filter, bool inOrder, CancellationToken cancel, long behind = 0)
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
        var narrowing = new QueryPlan<SessionEvent>(table, inTime, filter is not { From: null, To: null } || behind > 0);
        if (filter.LicenseId is { } license) narrowing.Equal(rows => rows.Where(e => e.LicenseId == license), rows => rows.Where(e => e.LicenseId.Unindexed() == license));
        if (filter.SessionId is { } session)
        {
            // A session is one license's, and that one has an index.
            var owner = await db.SessionHistory.Where(r => r.SessionId == session).Select(r => (long?)r.LicenseId).SingleOrDefaultAsync(cancel);
            narrowing.Equal(rows => rows.Where(e => e.LicenseId == owner && e.SessionId == session), rows => rows.Where(e => e.LicenseId.Unindexed() == owner && e.SessionId == session));
        }

        if (filter.Customer is { } typed) await NarrowByCustomerAsync(narrowing, db, typed.ToLower(), inOrder, cancel);
        var found = filter.Words is { } words ? await CustomerFilter.SearchAsync(db, words, filter.LicenseId, cancel) : null;
        if (found is not null) narrowing.Among(rows => rows.Where(e => e.LicenseId != null && found.Contains(e.LicenseId.Value)), rows => rows.Where(e => found.Contains(e.LicenseId!.Value.Unindexed())));
        if (filter.Device is { } device) Narrow(narrowing, device, e => e.Device);
        if (filter.Named is { } name) await NarrowByNameAsync(narrowing, db, name, found ?? (filter.LicenseId is { } one ? [one] : null), cancel);
        if (filter.Address is { } address) Narrow(narrowing, address, e => e.Address);
        // Before the kind: fewer share a reason.
        if (filter.Code is { } code) narrowing.Equal(rows => rows.Where(e => e.Code == code), rows => rows.Where(e => e.Code.Unindexed() == code));
        if (filter.Kind is { } kind) narrowing.Equal(rows => rows.Where(e => e.Kind == kind), rows => rows.Where(e => (e.Kind == kind) == (e.Count > 0)));
        return narrowing;
    }

    private static void Narrow(QueryPlan<SessionEvent> narrowing, TextMatch text, Expression<Func<SessionEvent, string?>> column)
    {
        if (text.IsExact) narrowing.Equal(rows => text.In(rows, column), rows => text.In(rows, column, byIndex: false));
        else narrowing.Among(rows => text.In(rows, column), rows => text.In(rows, column, byIndex: false));
    }

    private static async Task NarrowByNameAsync(QueryPlan<SessionEvent> narrowing, PortalDbContext db, TextMatch name, List<long>? licenses, CancellationToken cancel)
    {
        var named = await DeviceNameFilter.FindAsync(db, name, licenses, cancel);
        if (named.Count == 0) Narrow(narrowing, name, e => e.Device);
        else narrowing.Among(rows => name.InOrAmong(rows, e => e.Device, named), rows => name.InOrAmong(rows, e => e.Device, named, byIndex: false));
    }

    private static async Task NarrowByCustomerAsync(QueryPlan<SessionEvent> narrowing, PortalDbContext db, TextMatch customer, bool inOrder, CancellationToken cancel)
    {
        var all = CustomerFilter.All(db, customer);
        if (await CustomerFilter.FindAsync(db, customer, cancel) is { } few)
            narrowing.Among(rows => rows.Where(e => e.LicenseId != null && few.Contains(e.LicenseId.Value)), rows => rows.Where(e => few.Contains(e.LicenseId!.Value.Unindexed())));
        else if (inOrder) narrowing.Look(rows => customer.In(rows, e => e.CustomerEmail, byIndex: false));
        else narrowing.Among(rows => rows.Where(e => e.LicenseId != null && all.Contains(e.LicenseId.Value)), rows => customer.In(rows, e => e.CustomerEmail, byIndex: false));
    }
}
