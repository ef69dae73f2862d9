using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>The audit entries about given targets. Reads the store.</summary>
public sealed class AuditOfTarget(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>The newest entries about any of these targets, newest first.</summary>
    /// <param name="targets">Kind and name of each: <c>license</c>, <c>17</c>.</param>
    /// <param name="most">The most entries to return.</param>
    public async Task<IReadOnlyList<AuditEntry>> OfAsync(IReadOnlyCollection<(string Kind, string Target)> targets, int most, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var found = new List<AuditEntry>();
        foreach (var (kind, target) in targets)
            found.AddRange(await db.AuditEntries.AsNoTracking().Where(a => a.TargetKind == kind && a.Target == target).OrderByDescending(a => a.Id).Take(most).ToListAsync(cancel));
        return [.. found.OrderByDescending(entry => entry.Id).Take(most)];
    }
}
