using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History.Retention;

/// <summary>
/// Forgets devices that have not logged in to a license for more than a year, or for as long as history is kept where that is
/// longer. Looked for without an index, on a connection that only reads: each login would pay for the index, and nobody waits here.
/// </summary>
internal sealed class ExpiredDevices(IDbContextFactory<PortalDbContext> contexts, Writer writer)
{
    internal const int ShortestDays = 400;

    /// <summary>Deletes at most <see cref="Writer.MostRows"/> of them.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DeleteAsync(Instant now, int days, CancellationToken cancel)
    {
        var before = now.Utc.AddDays(-Math.Max(days, ShortestDays));
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var old = await db.LicenseDevices.AsNoTracking().Where(d => d.LastLoginAt < before).Take(Writer.MostRows).Select(d => new { d.LicenseId, d.Device }).ToListAsync(cancel);
        if (old.Count == 0) return 0;

        // Again by its last login: it may have logged in meanwhile.
        return await writer.RunAsync(unit => Task.FromResult(old.Sum(device => unit.Execute(
            """DELETE FROM "LicenseDevices" WHERE "LicenseId" = @p0 AND "Device" = @p1 AND "LastLoginAt" < @p2""", device.LicenseId, device.Device, before))), cancel: cancel);
    }
}
