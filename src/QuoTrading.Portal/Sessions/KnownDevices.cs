using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions;

/// <summary>The devices that have logged in to a license: an address over its limit is still served for them (PROTOCOL.md, Too many requests).</summary>
public sealed class KnownDevices(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    private static readonly TimeSpan For = TimeSpan.FromDays(30);

    /// <summary>Whether this device logged in with this key within 30 days. A wrong key and a strange device are the same false.</summary>
    public async Task<bool> IsKnownAsync(KeyHash key, string device)
    {
        var hash = key.ToBytes();
        var since = time.GetUtcNow().UtcDateTime - For;
        await using var db = await contexts.CreateDbContextAsync();
        return await db.LicenseDevices.AnyAsync(d => d.Device == device && d.LastLoginAt >= since
            && db.Licenses.Any(l => l.Id == d.LicenseId && l.KeyHash == hash));
    }
}
