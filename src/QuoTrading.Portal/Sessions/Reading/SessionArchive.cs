using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>All sessions there were, newest first. Reads the store; fast with millions of rows (docs/performance.md has the plans).</summary>
public sealed class SessionArchive(IDbContextFactory<PortalDbContext> contexts)
{
    private const int Chunk = 1000;

    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is none.</exception>
    public async Task<Page<SessionRecord>> ReadAsync(SessionFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await SelectAsync(db, filter, cancel);
        if (request.Before is not null)
        {
            var key = Guid.Parse(request.Before);
            rows = rows.Where(r => r.SessionId > key).OrderBy(r => r.SessionId);
        }
        else
        {
            if (request.After is not null)
            {
                var key = Guid.Parse(request.After);
                rows = rows.Where(r => r.SessionId < key);
            }

            rows = rows.OrderByDescending(r => r.SessionId);
        }

        var read = await rows.Take(request.Size + 1).ToListAsync(cancel);
        return Page.Cut(request, read, r => r.SessionId.ToString());
    }

    /// <summary>How many there are; more than <see cref="RowCount.Most"/> are <see cref="RowCount.Limit"/>.</summary>
    public async Task<int> CountAsync(SessionFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (await SelectAsync(db, filter, cancel)).Take(RowCount.Limit).CountAsync(cancel);
    }

    /// <summary>All of them, read piece by piece: a reader that is slow, or leaves, holds nothing up.</summary>
    public async IAsyncEnumerable<SessionRecord> StreamAsync(SessionFilter filter, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var request = new PageRequest(Size: Chunk);
        while (true)
        {
            var page = await ReadAsync(filter, request, cancel);
            foreach (var record in page.Items) yield return record;
            if (page.Next is null) yield break;
            request = request with { After = page.Next };
        }
    }

    /// <summary>One session; null where there is none.</summary>
    public async Task<SessionRecord?> FindAsync(Guid sessionId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.SessionHistory.AsNoTracking().SingleOrDefaultAsync(r => r.SessionId == sessionId, cancel);
    }

    // The filter that leaves the fewest rows leads by its index; the others are looked at row by row.
    private static async Task<IQueryable<SessionRecord>> SelectAsync(PortalDbContext db, SessionFilter filter, CancellationToken cancel)
    {
        var table = db.SessionHistory.AsNoTracking();
        var rows = table;
        var led = false;
        if (filter.LicenseId is { } license)
        {
            rows = rows.Where(r => r.LicenseId == license);
            led = true;
        }

        if (filter.Customer is { } typed)
        {
            var customer = typed.ToLower();
            if (await LicensesOf.FindAsync(db, customer, cancel) is { } licenses)
            {
                rows = rows.Where(r => licenses.Contains(r.LicenseId));
                led = true;
            }
            else rows = customer.In(rows, r => r.CustomerEmail, byIndex: false);
        }

        if (filter.Device is { } device)
        {
            rows = led ? device.In(rows, r => r.Device, byIndex: false) : await device.InAsync(table, rows, r => r.Device, cancel);
            led |= device.IsExact;
        }

        if (filter.Address is { } address)
        {
            rows = led ? address.In(rows, r => r.Address, byIndex: false) : await address.InAsync(table, rows, r => r.Address, cancel);
            led |= address.IsExact;
        }

        if (filter.IsLive) rows = led ? rows.Where(r => r.EndedAt == null) : rows.Where(r => r.EndReason == null);
        else if (filter.End is { } end) rows = led ? rows.Where(r => (r.EndReason ?? NoReason) == end) : rows.Where(r => r.EndReason == end);

        // The key sorts by the start.
        if (filter.From is { } from)
        {
            var first = FirstAt(from);
            rows = rows.Where(r => r.SessionId >= first);
        }

        if (filter.To is { } to)
        {
            var last = FirstAt(to);
            rows = rows.Where(r => r.SessionId < last);
        }

        return rows;
    }

    // Takes the column's index out of the planner's hands.
    private const EndReason NoReason = (EndReason)(-1);

    /// <summary>Sorts before every session that starts at this time or later.</summary>
    internal static Guid FirstAt(DateTime utc)
    {
        var milliseconds = new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return Guid.Parse($"{milliseconds >> 16:x8}-{milliseconds & 0xffff:x4}-7000-8000-000000000000");
    }
}
