using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>A filter by customer becomes one by his licenses: history and events have an index on the license, and none on the address.</summary>
internal static class LicensesOf
{
    /// <summary>So many licenses may match words. Each costs a search of an index or two, and nobody reads the sessions of more.</summary>
    internal const int MostFound = 1000;

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

    /// <summary>Those that words find, as they do in the list of licenses: a customer's name or address, the ends of a key, or its groups.</summary>
    /// <param name="among">Of this license alone; null of all.</param>
    /// <exception cref="TooManyMatchException">More than <see cref="MostFound"/>.</exception>
    public static async Task<List<long>> SearchAsync(PortalDbContext db, string words, long? among, CancellationToken cancel)
    {
        var licenses = db.Licenses.AsNoTracking();
        if (among is { } license) licenses = licenses.Where(l => l.Id == license);
        var found = await LicenseCatalog.Search(db, licenses, words).Select(l => l.Id).Take(MostFound + 1).ToListAsync(cancel);
        return found.Count <= MostFound
            ? found
            : throw new TooManyMatchException($"More than {MostFound:#,0} licenses match “{words}”. Say more: another part of the customer's name or e-mail, or = and the whole e-mail.");
    }
}
