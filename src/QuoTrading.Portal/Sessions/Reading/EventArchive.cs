using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>Everything that happened, newest first. Reads the store; fast with millions of rows.</summary>
public sealed class EventArchive(IDbContextFactory<PortalDbContext> contexts)
{
    private const int Chunk = 1000;

    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is none.</exception>
    public async Task<Page<SessionEvent>> ReadAsync(EventFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await SelectAsync(db, filter, cancel);
        if (request.Before is not null)
        {
            var key = Number(request.Before);
            rows = rows.Where(e => e.Id > key).OrderBy(e => e.Id);
        }
        else
        {
            if (request.After is not null)
            {
                var key = Number(request.After);
                rows = rows.Where(e => e.Id < key);
            }

            rows = rows.OrderByDescending(e => e.Id);
        }

        var read = await rows.Take(request.Size + 1).ToListAsync(cancel);
        return Page.Cut(request, read, e => e.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How many rows there are; more than <see cref="RowCount.Most"/> are <see cref="RowCount.Limit"/>.</summary>
    public async Task<int> CountAsync(EventFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await SelectAsync(db, filter, cancel)).Take(RowCount.Limit).CountAsync(cancel);
    }

    /// <summary>All of them, read piece by piece.</summary>
    public async IAsyncEnumerable<SessionEvent> StreamAsync(EventFilter filter, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var request = new PageRequest(Size: Chunk);
        while (true)
        {
            var page = await ReadAsync(filter, request, cancel);
            foreach (var happened in page.Items) yield return happened;
            if (page.Next is null) yield break;
            request = request with { After = page.Next };
        }
    }

    /// <summary>The number of the first event at or after a time: numbers grow with the time.</summary>
    internal static async Task<long> FirstAtAsync(PortalDbContext db, DateTime utc, CancellationToken cancel) =>
        await db.SessionEvents.Where(e => e.At >= utc).OrderBy(e => e.At).Select(e => (long?)e.Id).FirstOrDefaultAsync(cancel) ?? long.MaxValue;

    private static async Task<IQueryable<SessionEvent>> SelectAsync(PortalDbContext db, EventFilter filter, CancellationToken cancel)
    {
        var table = db.SessionEvents.AsNoTracking();
        var rows = table;
        var led = false;
        if (filter.LicenseId is { } license)
        {
            rows = rows.Where(e => e.LicenseId == license);
            led = true;
        }

        if (filter.SessionId is { } session)
        {
            // A session is one license's, and that one has an index.
            var owner = await db.SessionHistory.Where(r => r.SessionId == session).Select(r => (long?)r.LicenseId).SingleOrDefaultAsync(cancel);
            rows = rows.Where(e => e.LicenseId == owner && e.SessionId == session);
            led = true;
        }

        if (filter.Customer is { } typed)
        {
            var customer = typed.ToLower();
            if (await LicensesOf.FindAsync(db, customer, cancel) is { } licenses)
            {
                rows = rows.Where(e => e.LicenseId != null && licenses.Contains(e.LicenseId.Value));
                led = true;
            }
            else rows = customer.In(rows, e => e.CustomerEmail, byIndex: false);
        }

        if (filter.Device is { } device)
        {
            rows = led ? device.In(rows, e => e.Device, byIndex: false) : await device.InAsync(table, rows, e => e.Device, cancel);
            led |= device.IsExact;
        }

        if (filter.Address is { } address)
        {
            rows = led ? address.In(rows, e => e.Address, byIndex: false) : await address.InAsync(table, rows, e => e.Address, cancel);
            led |= address.IsExact;
        }

        rows = OfKind(rows, filter, led);
        if (filter.From is { } from)
        {
            var first = await FirstAtAsync(db, from, cancel);
            rows = rows.Where(e => e.Id >= first);
        }

        if (filter.To is { } to)
        {
            var last = await FirstAtAsync(db, to, cancel);
            rows = rows.Where(e => e.Id < last);
        }

        return rows;
    }

    // One of the two indices leads: that of the reason, which fewer events share. An expression is not in any index.
    private static IQueryable<SessionEvent> OfKind(IQueryable<SessionEvent> rows, EventFilter filter, bool led)
    {
        if (filter.Code is { } code)
        {
            rows = led ? rows.Where(e => e.Code + "" == code) : rows.Where(e => e.Code == code);
            led = true;
        }

        if (filter.Kind is not { } kind) return rows;
        return led ? rows.Where(e => (e.Kind == kind) == (e.Count > 0)) : rows.Where(e => e.Kind == kind);
    }

    private static long Number(string key) => long.Parse(key, NumberStyles.None, CultureInfo.InvariantCulture);
}
