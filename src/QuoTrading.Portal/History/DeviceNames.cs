using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>The names that devices report. Reads the store.</summary>
public sealed class DeviceNames(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>The names that these devices last reported at a login; devices that never reported one are left out.</summary>
    public async Task<IReadOnlyDictionary<(long License, string Device), string>> OfAsync(IReadOnlyCollection<(long License, string Device)> devices, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var (licenses, fingerprints) = (devices.Select(one => one.License).Distinct().ToList(), devices.Select(one => one.Device).Distinct(StringComparer.Ordinal).ToList());
        return await db.LicenseDevices.Where(d => licenses.Contains(d.LicenseId) && fingerprints.Contains(d.Device) && d.Name != null)
            .ToDictionaryAsync(d => (d.LicenseId, d.Device), d => d.Name!, cancel);
    }
}
