using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>A filter by customer becomes one by his licenses: history and events have an index on the license, and none on the address.</summary>
internal static class LicensesOf
{
    private const int Most = 200;

    /// <param name="customer">In lower case.</param>
    /// <returns>Null where there are too many for that: then most rows match, and the newest are soon found without an index.</returns>
    public static async Task<List<long>?> FindAsync(PortalDbContext db, TextMatch customer, CancellationToken cancel)
    {
        var found = await All(db, customer).Take(Most + 1).ToListAsync(cancel);
        return found.Count > Most ? null : found;
    }

    /// <summary>However many they are: for a count, inside its query.</summary>
    /// <param name="customer">In lower case.</param>
    public static IQueryable<long> All(PortalDbContext db, TextMatch customer) =>
        customer.In(db.Customers.AsNoTracking(), c => c.Email).SelectMany(c => c.Licenses).Select(l => l.Id);
}
