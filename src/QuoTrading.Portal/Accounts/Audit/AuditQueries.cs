using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>The audit log, newest first, for administrators. It reads; nothing here or elsewhere changes an entry.</summary>
public sealed class AuditQueries(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>One page.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="FormatException">A key of the request is none.</exception>
    public async Task<Page<AuditEntry>> ReadAsync(Actor actor, AuditFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rows = await SelectAsync(db, filter, cancel);
        return await rows.ReadPageAsync(a => a.Id, request, KeyPaging.ReadNumber, a => KeyPaging.NameOf(a.Id), cancel);
    }

    /// <summary>How many there are, up to <see cref="RowCount.Most"/>.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    public async Task<Counted> CountAsync(Actor actor, AuditFilter filter, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return Counted.UpTo(await (await SelectAsync(db, filter, cancel)).Take(RowCount.Limit).CountAsync(cancel));
    }

    /// <summary>All of them, read piece by piece.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
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

    // Numbers grow with the time, and times have no index: halving finds it in twenty looks or so.
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

/// <summary>Which entries are wanted; what is null does not matter.</summary>
/// <param name="From">UTC: done then or later.</param>
/// <param name="To">UTC: done before.</param>
/// <param name="Action">As <see cref="AuditEntry.Action"/> has it; the beginning of it finds a group: <c>license.</c></param>
public sealed record AuditFilter(DateTime? From = null, DateTime? To = null, TextMatch? Actor = null, TextMatch? Action = null, string? TargetKind = null, TextMatch? Target = null);
