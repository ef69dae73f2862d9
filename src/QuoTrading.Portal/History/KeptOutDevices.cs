using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// The devices that are kept out now. Reads the store; <see cref="ISessionService.LiftKeepOutAsync"/> lets a device in again.
/// </summary>
public sealed class KeptOutDevices(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The most devices that a page lists.</summary>
    public const int Most = 1000;

    /// <summary>Those of one license, the latest first; at most <see cref="Most"/>.</summary>
    public async Task<IReadOnlyList<DeviceMark>> OfAsync(long licenseId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await InForce(db).Where(mark => mark.LicenseId == licenseId).OrderByDescending(mark => mark.SetAt).ThenBy(mark => mark.Device).Take(Most).ToListAsync(cancel);
    }

    /// <summary>Those of all licenses, the latest first; at most <see cref="Most"/>.</summary>
    public async Task<KeptOutList> AllAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var newest =
            from mark in InForce(db)
            join license in db.Licenses on mark.LicenseId equals license.Id
            orderby mark.SetAt descending, mark.LicenseId, mark.Device
            select new KeptOutDevice(mark, license.KeyMasked, license.Customer!.Email, db.Set<LicenseDevice>()
                .Where(device => device.LicenseId == mark.LicenseId && device.Device == mark.Device).Select(device => device.Name).FirstOrDefault());
        var read = await newest.Take(Most + 1).ToListAsync(cancel);
        return new KeptOutList([.. read.Take(Most)], HasMore: read.Count > Most);
    }

    private IQueryable<DeviceMark> InForce(PortalDbContext db)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return db.DeviceMarks.AsNoTracking().Where(mark => mark.Kind == MarkKind.KeptOut && (mark.Until == null || mark.Until > now));
    }
}

/// <summary>A device that is kept out, with its license.</summary>
/// <param name="DeviceName">The name that the device last reported at a login; null if it never did.</param>
public sealed record KeptOutDevice(DeviceMark Mark, string KeyMasked, string CustomerEmail, string? DeviceName);

/// <summary>The result of <see cref="KeptOutDevices.AllAsync"/>.</summary>
/// <param name="HasMore">There are more than <see cref="KeptOutDevices.Most"/>.</param>
public sealed record KeptOutList(IReadOnlyList<KeptOutDevice> Devices, bool HasMore);
