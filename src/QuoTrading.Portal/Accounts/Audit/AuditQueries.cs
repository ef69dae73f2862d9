using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>The audit log, newest first, for administrators. Read-only; no code changes an entry.</summary>
public sealed class AuditQueries(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>One page.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="FormatException">A key of the request is invalid.</exception>
    public async Task<Page<AuditEntry>> ReadAsync(Actor actor, AuditFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await SelectAsync(db, filter, cancel);
        return await rows.ReadPageAsync(a => a.Id, request, KeyPaging.ReadNumber, a => KeyPaging.NameOf(a.Id), cancel);
    }

    /// <summary>The number of entries, counted up to <see cref="RowCount.Most"/>.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    public async Task<Counted> CountAsync(Actor actor, AuditFilter filter, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return Counted.UpTo(await (await SelectAsync(db, filter, cancel)).Take(RowCount.Limit).CountAsync(cancel));
    }

    /// <summary>All entries, read page by page.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    public IAsyncEnumerable<AuditEntry> StreamAsync(Actor actor, AuditFilter filter, CancellationToken cancel = default) =>
        KeyPaging.StreamAsync((request, token) => ReadAsync(actor, filter, request, token), cancel);

    private static async Task<IQueryable<AuditEntry>> SelectAsync(PortalDbContext db, AuditFilter filter, CancellationToken cancel)
    {
        var rows = db.AuditEntries.AsNoTracking();
        if (filter.TargetKind is { } kind) rows = rows.Where(a => a.TargetKind == kind);
        if (filter.Target is { } target) rows = target.In(rows, a => a.Target, byIndex: target.IsExact);
        if (filter.Actor is { } actor) rows = actor.In(rows, a => a.Actor);
        if (filter.Action is { } action) rows = action.In(rows, a => a.Action);
        if (filter.From is { } from)
        {
            var first = await FirstAtAsync(db, from, cancel);
            rows = rows.Where(a => a.Id >= first);
        }

        if (filter.To is { } to)
        {
            var last = await FirstAtAsync(db, to, cancel);
            rows = rows.Where(a => a.Id < last);
        }

        return rows;
    }

    // Ids grow with time, and At has no index: a binary search needs about twenty queries.
    private static async Task<long> FirstAtAsync(PortalDbContext db, DateTime utc, CancellationToken cancel)
    {
        var (low, high) = (1L, await db.AuditEntries.MaxAsync(a => (long?)a.Id, cancel) + 1 ?? 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var next = await db.AuditEntries.Where(a => a.Id >= middle).OrderBy(a => a.Id).Select(a => a.At).FirstAsync(cancel);
            if (next >= utc) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}

/// <summary>Which entries to find; null means any.</summary>
/// <param name="From">UTC, included.</param>
/// <param name="To">UTC, not included.</param>
/// <param name="Action">As in <see cref="AuditEntry.Action"/>; a prefix finds a group: <c>license.</c></param>
public sealed record AuditFilter(DateTime? From = null, DateTime? To = null, TextMatch? Actor = null, TextMatch? Action = null, string? TargetKind = null, TextMatch? Target = null);
