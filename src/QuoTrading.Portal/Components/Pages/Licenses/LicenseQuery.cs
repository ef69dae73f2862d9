using System.Globalization;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>
/// The filter and order of the list in the page's address:
/// <c>?q=acme&amp;state=active&amp;plan=MONTHLY&amp;expires=7d&amp;sharing=yes&amp;sort=expiry</c>.
/// </summary>
/// <param name="Expires">
/// <c>7d</c>, <c>30d</c>, or a range of days (<c>2026-01-01..2026-01-31</c>, both included, UTC); one of the two may be missing.
/// </param>
/// <param name="Sharing">Only licenses with signs of sharing.</param>
/// <param name="Ordering">Null for the default: newest first, or with <paramref name="Sharing"/> the strongest signs first.</param>
public sealed record LicenseQuery(
    string? Search = null,
    LicenseStanding? Standing = null,
    string? Plan = null,
    string? Expires = null,
    bool Sharing = false,
    LicenseOrdering? Ordering = null)
{
    private const string Yes = "yes";

    private static readonly Dictionary<string, LicenseStanding> Standings = Names<LicenseStanding>();
    private static readonly Dictionary<string, LicenseOrdering> Orderings = Names<LicenseOrdering>();

    /// <summary>Reads it from an address; values that cannot be read are added to <see cref="ListQuery.Problems"/>.</summary>
    public static LicenseQuery Read(ListQuery query)
    {
        var standing = query.Word("state", "the state of licenses", Standings);
        var expires = query.Choice("expires", "when licenses expire", text => text is "7d" or "30d" || IsRange(text));
        var sharing = query.OneOf("sharing", "signs of sharing", [Yes]) is not null;
        var ordering = query.Word("sort", "the order", Orderings);
        if (!sharing && ordering == LicenseOrdering.Newest) ordering = null;
        return new LicenseQuery(query.Words("q"), standing, query.Raw("plan"), expires, sharing, ordering);
    }

    public bool IsFiltered => this with { Ordering = null } != new LicenseQuery();

    /// <summary>First and last day of the range; null for an open end, and both null for the presets.</summary>
    public (DateOnly? First, DateOnly? Last) Range => ReadRange(Expires);

    /// <param name="shared">The licenses with signs of sharing; needed if <see cref="Sharing"/> is set.</param>
    public LicenseFilter ToFilter(DateTime utcNow, IReadOnlyList<SharedLicense>? shared = null)
    {
        var (first, last) = Range;
        var (from, to) = Expires switch
        {
            "7d" => (utcNow, utcNow.AddDays(7)),
            "30d" => (utcNow, utcNow.AddDays(30)),
            _ => (first?.ToDateTime(default, DateTimeKind.Utc), last is { } day && day < DateOnly.MaxValue ? day.AddDays(1).ToDateTime(default, DateTimeKind.Utc) : (DateTime?)null),
        };
        return new LicenseFilter(Search, Standing, Plan, from, to, Among: Sharing ? [.. (shared ?? []).Select(license => license.LicenseId)] : null);
    }

    /// <summary>The query parameters, for <c>GetUriWithQueryParameters</c>; at the first page of the list.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["q"] = Search,
        ["state"] = Standing?.ToString().ToLowerInvariant(),
        ["plan"] = Plan,
        ["expires"] = Expires,
        ["sharing"] = Sharing ? Yes : null,
        ["sort"] = Ordering?.ToString().ToLowerInvariant(),
        ["after"] = null,
        ["before"] = null,
    };

    /// <summary>A range as text for the address; null if both ends are open.</summary>
    public static string? WriteRange(DateOnly? first, DateOnly? last) =>
        first is null && last is null ? null : $"{first?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}..{last?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static (DateOnly? First, DateOnly? Last) ReadRange(string? text) =>
        text?.Split("..") is [var first, var last] ? (Day(first), Day(last)) : default;

    // Each end is a day or empty, and at most one is empty.
    private static bool IsRange(string text) =>
        text.Split("..") is [var first, var last] && (first.Length == 0 || Day(first) is not null) && (last.Length == 0 || Day(last) is not null) && text.Length > 2;

    private static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static Dictionary<string, T> Names<T>() where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => value.ToString(), StringComparer.OrdinalIgnoreCase);
}
