using System.Globalization;

namespace QuoTrading.Portal.Licensing;

/// <summary>The orders of a list of licenses. The key of a row is what it is sorted by, and its number.</summary>
internal static class LicenseSorting
{
    private const char Between = '~';

    // Sorts behind every expiry: never is later.
    private static readonly DateTime Never = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <param name="key">Rows beyond it; null from the beginning.</param>
    /// <param name="back">Reads towards the beginning.</param>
    /// <exception cref="FormatException">The key is none.</exception>
    public static IQueryable<License> Sort(IQueryable<License> rows, LicenseOrdering ordering, string? key, bool back)
    {
        var (text, id) = key is null ? ("", 0) : Split(key);
        switch (ordering)
        {
            case LicenseOrdering.Newest when back:
                return rows.Where(l => l.Id > id).OrderBy(l => l.Id);
            case LicenseOrdering.Newest:
                return (key is null ? rows : rows.Where(l => l.Id < id)).OrderByDescending(l => l.Id);
            case LicenseOrdering.Expiry:
                var at = key is null ? default : new DateTime(long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture), DateTimeKind.Utc);
                if (back)
                    return rows.Where(l => (l.ExpiresAt ?? Never) < at || ((l.ExpiresAt ?? Never) == at && l.Id < id))
                        .OrderByDescending(l => l.ExpiresAt ?? Never).ThenByDescending(l => l.Id);
                return (key is null ? rows : rows.Where(l => (l.ExpiresAt ?? Never) > at || ((l.ExpiresAt ?? Never) == at && l.Id > id)))
                    .OrderBy(l => l.ExpiresAt ?? Never).ThenBy(l => l.Id);
            default:
                if (back)
                    return rows.Where(l => string.Compare(l.Customer!.Email, text) < 0 || (l.Customer.Email == text && l.Id < id))
                        .OrderByDescending(l => l.Customer!.Email).ThenByDescending(l => l.Id);
                return (key is null ? rows : rows.Where(l => string.Compare(l.Customer!.Email, text) > 0 || (l.Customer.Email == text && l.Id > id)))
                    .OrderBy(l => l.Customer!.Email).ThenBy(l => l.Id);
        }
    }

    public static string KeyOf(LicenseItem item, LicenseOrdering ordering)
    {
        var id = item.Id.ToString(CultureInfo.InvariantCulture);
        return ordering switch
        {
            LicenseOrdering.Newest => id,
            LicenseOrdering.Expiry => (item.ExpiresAt ?? Never).Ticks.ToString(CultureInfo.InvariantCulture) + Between + id,
            _ => item.CustomerEmail + Between + id,
        };
    }

    private static (string Text, long Id) Split(string key)
    {
        var at = key.LastIndexOf(Between);
        return (at < 0 ? "" : key[..at], long.Parse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
