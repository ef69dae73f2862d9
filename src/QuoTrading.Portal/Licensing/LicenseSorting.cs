using System.Globalization;

namespace QuoTrading.Portal.Licensing;

/// <summary>The sort orders of a list of licenses. The key of a row is its sort value and its id.</summary>
internal static class LicenseSorting
{
    private const char Between = '~';

    /// <summary>Represents no expiry; sorts after every real one.</summary>
    internal static readonly DateTime Never = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <param name="key">Returns the rows beyond this key; null starts at the beginning.</param>
    /// <param name="back">Reads towards the beginning.</param>
    /// <param name="areFew">True if a filter scans all rows and leaves so few that sorting them is faster than following an index.</param>
    /// <returns>Queries to run one after the other until there are enough rows; each of them follows one index.</returns>
    /// <exception cref="FormatException">The key is malformed.</exception>
    public static IEnumerable<IQueryable<License>> Sort(IQueryable<License> rows, LicenseOrdering ordering, string? key, bool back, bool areFew)
    {
        var (text, id) = key is null ? ("", 0) : Split(key);
        return ordering switch
        {
            LicenseOrdering.Newest when back => [rows.Where(l => l.Id > id).OrderBy(l => l.Id)],
            LicenseOrdering.Newest => [(key is null ? rows : rows.Where(l => l.Id < id)).OrderByDescending(l => l.Id)],
            LicenseOrdering.Expiry when areFew => [SortedByExpiry(rows, key is null ? null : Instant(text), id, back)],
            LicenseOrdering.Expiry => ByExpiry(rows, key is null ? null : Instant(text), id, back),
            _ when back => [rows.Where(l => string.Compare(l.Customer!.Email, text) <= 0 && (l.Customer.Email != text || l.Id < id))
                .OrderByDescending(l => l.Customer!.Email).ThenByDescending(l => l.Id)],
            _ => [(key is null ? rows : rows.Where(l => string.Compare(l.Customer!.Email, text) >= 0 && (l.Customer.Email != text || l.Id > id)))
                .OrderBy(l => l.Customer!.Email).ThenBy(l => l.Id)],
        };
    }

    private static IQueryable<License> SortedByExpiry(IQueryable<License> rows, DateTime? at, long id, bool back) => back
        ? rows.Where(l => (l.ExpiresAt ?? Never) <= at && ((l.ExpiresAt ?? Never) < at || l.Id < id)).OrderByDescending(l => l.ExpiresAt ?? Never).ThenByDescending(l => l.Id)
        : (at is null ? rows : rows.Where(l => (l.ExpiresAt ?? Never) >= at && ((l.ExpiresAt ?? Never) > at || l.Id > id))).OrderBy(l => l.ExpiresAt ?? Never).ThenBy(l => l.Id);

    // Licenses that expire come before those that never do; the index has nulls first, so it takes two queries.
    private static IEnumerable<IQueryable<License>> ByExpiry(IQueryable<License> rows, DateTime? at, long id, bool back)
    {
        var expiring = rows.Where(l => l.ExpiresAt != null);
        var lasting = rows.Where(l => l.ExpiresAt == null);
        var isLasting = at == Never;
        if (back)
        {
            if (isLasting) yield return lasting.Where(l => l.Id < id).OrderByDescending(l => l.Id);
            yield return (isLasting ? expiring : expiring.Where(l => l.ExpiresAt <= at && (l.ExpiresAt < at || l.Id < id))).OrderByDescending(l => l.ExpiresAt).ThenByDescending(l => l.Id);
            yield break;
        }

        if (!isLasting) yield return (at is null ? expiring : expiring.Where(l => l.ExpiresAt >= at && (l.ExpiresAt > at || l.Id > id))).OrderBy(l => l.ExpiresAt).ThenBy(l => l.Id);
        yield return (isLasting ? lasting.Where(l => l.Id > id) : lasting).OrderBy(l => l.Id);
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

    private static DateTime Instant(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
        ? new DateTime(ticks, DateTimeKind.Utc)
        : throw new FormatException("The key has no time.");

    private static (string Text, long Id) Split(string key)
    {
        var at = key.LastIndexOf(Between);
        return (at < 0 ? "" : key[..at], long.Parse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
