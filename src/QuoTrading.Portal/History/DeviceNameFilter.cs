using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// Turns a filter by device name into one by fingerprints: names have an index in the table that has one row per license and device.
/// </summary>
internal static class DeviceNameFilter
{
    /// <summary>The most devices that a name may match: many devices are called PC.</summary>
    internal const int MostFound = 1000;

    /// <summary>Adds a filter by a device's name, or by its fingerprint.</summary>
    /// <param name="device">The column with the fingerprint.</param>
    /// <inheritdoc cref="FindAsync"/>
    public static async Task AddAsync<T>(
        QueryPlan<T> plan, PortalDbContext db, TextMatch name, Expression<Func<T, string?>> device, IReadOnlyCollection<long>? licenses, CancellationToken cancel) where T : class
    {
        var named = await FindAsync(db, name, licenses, cancel);
        if (named.Count == 0) plan.Match(name, device);
        else plan.Among(rows => name.InOrAmong(rows, device, named), rows => name.InOrAmong(rows, device, named, byIndex: false));
    }

    /// <param name="name">Case does not matter.</param>
    /// <param name="licenses">Only devices of these licenses; null for all.</param>
    /// <returns>Their fingerprints.</returns>
    /// <exception cref="TooManyMatchException">More than <see cref="MostFound"/>.</exception>
    private static async Task<List<string>> FindAsync(PortalDbContext db, TextMatch name, IReadOnlyCollection<long>? licenses, CancellationToken cancel)
    {
        var devices = db.LicenseDevices.AsNoTracking();
        if (licenses is not null) devices = devices.Where(d => licenses.Contains(d.LicenseId));
        var found = await name.In(devices, d => d.Name).Select(d => d.Device).Take(MostFound + 1).ToListAsync(cancel);
        return found.Count <= MostFound
            ? [.. found.Distinct(StringComparer.Ordinal)]
            : throw new TooManyMatchException($"More than {MostFound:#,0} devices are called “{name.Text}…”. Say more of the name, or also who the customer is.");
    }
}
