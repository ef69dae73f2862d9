using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History.Retention;

/// <summary>
/// Deletes devices that have not logged in to a license for more than a year, or for as long as history is kept if that is longer.
/// Finds them without an index, on a read-only connection: each login would have to update the index, and no client waits here.
/// </summary>
internal sealed class ExpiredDevices(IDbContextFactory<PortalDbContext> contexts, Writer writer)
{
    internal const int ShortestDays = 400;

    /// <summary>Deletes at most <see cref="Writer.MostRows"/> devices.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DeleteAsync(Instant now, int days, CancellationToken cancel)
    {
        var before = now.Utc.AddDays(-Math.Max(days, ShortestDays));
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var old = await db.LicenseDevices.AsNoTracking().Where(d => d.LastLoginAt < before).Take(Writer.MostRows).Select(d => new { d.LicenseId, d.Device }).ToListAsync(cancel);
        if (old.Count == 0) return 0;

        // Checks the last login again: the device may have logged in meanwhile.
        return await writer.RunAsync(unit => Task.FromResult(old.Sum(device => unit.Execute(
            """DELETE FROM "LicenseDevices" WHERE "LicenseId" = @p0 AND "Device" = @p1 AND "LastLoginAt" < @p2""", device.LicenseId, device.Device, before))), cancel: cancel);
    }
}
