using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>The devices that may not log in now. Reads the store; <see cref="ISessionDesk.LiftKeepOutAsync"/> lets one in again.</summary>
public sealed class KeptOutDevices(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>More than that no page lists.</summary>
    public const int Most = 1000;

    /// <summary>Those of one license, the latest first.</summary>
    public async Task<IReadOnlyList<DeviceMark>> OfAsync(long licenseId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Newest(InForce(db).Where(mark => mark.LicenseId == licenseId)).ToListAsync(cancel);
    }

    /// <summary>Those of all licenses, the latest first; at most <see cref="Most"/>.</summary>
    public async Task<IReadOnlyList<DeviceMark>> AllAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Newest(InForce(db)).ToListAsync(cancel);
    }

    private IQueryable<DeviceMark> InForce(PortalDbContext db)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return db.DeviceMarks.AsNoTracking().Where(mark => mark.Kind == MarkKind.KeptOut && (mark.Until == null || mark.Until > now));
    }

    private static IQueryable<DeviceMark> Newest(IQueryable<DeviceMark> marks) => marks.OrderByDescending(mark => mark.SetAt).ThenBy(mark => mark.Device).Take(Most);
}
