using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// Turns a filter by customer into one by the customer's licenses: history and events have an index on the license, and none on the
/// e-mail address.
/// </summary>
internal static class CustomerFilter
{
    /// <summary>The most licenses that words may match. Each costs one or two index searches, and no page needs more.</summary>
    internal const int MostFound = 1000;

    private const int Most = 200;

    /// <param name="customer">In lower case.</param>
    /// <returns>Null for too many licenses: then most rows match, and the newest are found quickly without an index.</returns>
    public static async Task<List<long>?> FindAsync(PortalDbContext db, TextMatch customer, CancellationToken cancel)
    {
        var found = await All(db, customer).Take(Most + 1).ToListAsync(cancel);
        return found.Count > Most ? null : found;
    }

    /// <summary>All of them, without a limit: a subquery for a count.</summary>
    /// <param name="customer">In lower case.</param>
    public static IQueryable<long> All(PortalDbContext db, TextMatch customer) =>
        customer.In(db.Customers.AsNoTracking(), c => c.Email).SelectMany(c => c.Licenses).Select(l => l.Id);

    /// <summary>
    /// The licenses that words find, as in the list of licenses: by a customer's name or address, the ends of a key, or its groups.
    /// </summary>
    /// <param name="among">Only this license; null for all.</param>
    /// <exception cref="TooManyMatchException">More than <see cref="MostFound"/>.</exception>
    public static async Task<List<long>> SearchAsync(PortalDbContext db, string words, long? among, CancellationToken cancel)
    {
        var licenses = db.Licenses.AsNoTracking();
        if (among is { } license) licenses = licenses.Where(l => l.Id == license);
        var (left, customers) = (words, db.Customers.AsNoTracking());
        if (SearchWords.Of(words) is { Length: > 1 } parts && LicenseKey.Read(words) is null)
        {
            // Only the longest word, probably the most selective, searches all customers and licenses; the others search its matches.
            var longest = parts.MaxBy(part => part.Length)!;
            var few = await LicenseQueries.Search(db, licenses, longest).Select(l => new { l.Id, l.CustomerId }).Take(MostFound + 1).ToListAsync(cancel);
            if (few.Count <= MostFound)
            {
                var (ids, owners) = (few.ConvertAll(one => one.Id), few.Select(one => one.CustomerId).Distinct().ToList());
                (licenses, customers) = (licenses.Where(l => ids.Contains(l.Id)), customers.Where(c => owners.Contains(c.Id)));
                left = string.Join(' ', parts.Where(part => part != longest));
            }
        }

        var found = await LicenseQueries.Search(db, licenses, left, customers).Select(l => l.Id).Take(MostFound + 1).ToListAsync(cancel);
        return found.Count <= MostFound
            ? found
            : throw new TooManyMatchException($"More than {MostFound:#,0} licenses match “{words}”. Say more: another part of the customer's name or e-mail, or = and the whole e-mail.");
    }
}
