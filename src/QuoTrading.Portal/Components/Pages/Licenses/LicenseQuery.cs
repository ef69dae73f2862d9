using System.Globalization;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>
/// What the list shows, as the page's address says it: <c>?q=acme&amp;state=active&amp;plan=MONTHLY&amp;expires=7d&amp;sharing=yes&amp;sort=expiry</c>.
/// </summary>
/// <param name="Expires"><c>7d</c>, <c>30d</c>, or two days with dots between (<c>2026-01-01..2026-01-31</c>, both included, UTC); either may be missing.</param>
/// <param name="Sharing">Those alone that show signs of sharing.</param>
/// <param name="Ordering">Null for the newest first; where signs of sharing are looked for, the strongest.</param>
public sealed record LicenseQuery(
    string? Search = null,
    LicenseStanding? Standing = null,
    string? Plan = null,
    string? Expires = null,
    bool Sharing = false,
    LicenseOrdering? Ordering = null)
{
    private const string Yes = "yes";

    /// <summary>What stands in the address and cannot be read, in words. Then nothing is shown: it would be more than was asked for.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    public static LicenseQuery Read(string? search, string? state, string? plan, string? expires, string? sharing, string? sort)
    {
        var problems = new List<string>();
        var query = new LicenseQuery(
            Blank(search),
            Known<LicenseStanding>(state, "the state of licenses"),
            Blank(plan),
            Blank(expires) is null || expires is "7d" or "30d" || IsRange(expires) ? Blank(expires) : Refuse<string>(expires!, "when licenses expire"),
            Blank(sharing) is not null && (sharing == Yes || Refuse<bool?>(sharing!, "signs of sharing") is not null),
            Known<LicenseOrdering>(sort, "the order"));
        if (SearchWords.Problem(query.Search) is { } unfit)
        {
            problems.Add(unfit);
            query = query with { Search = null };
        }

        if (query is { Sharing: false, Ordering: LicenseOrdering.Newest }) query = query with { Ordering = null };
        return problems.Count == 0 ? query : query with { Problems = problems };

        T? Known<T>(string? text, string label) where T : struct, Enum => Blank(text) is null ? null : Name<T>(text) ?? Refuse<T?>(text!, label);

        T? Refuse<T>(string text, string label)
        {
            problems.Add(ListQuery.Unknown(text, label));
            return default;
        }
    }

    public bool IsFiltered => this with { Ordering = null } != new LicenseQuery();

    /// <summary>First and last day of the range; null where it has no such end, and both for the presets.</summary>
    public (DateOnly? First, DateOnly? Last) Range => ReadRange(Expires);

    /// <param name="shared">The licenses with signs of sharing, where <see cref="Sharing"/> asks for them.</param>
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

    /// <summary>The parts of an address, for <c>GetUriWithQueryParameters</c>; from the list's beginning.</summary>
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

    /// <summary>As a range is written into the address; null where it has no end at all.</summary>
    public static string? WriteRange(DateOnly? first, DateOnly? last) =>
        first is null && last is null ? null : $"{first?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}..{last?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static (DateOnly? First, DateOnly? Last) ReadRange(string? text) =>
        text?.Split("..") is [var first, var last] ? (Day(first), Day(last)) : default;

    // Each end is a day or nothing, and not both are nothing.
    private static bool IsRange(string? text) =>
        text?.Split("..") is [var first, var last] && (first.Length == 0 || Day(first) is not null) && (last.Length == 0 || Day(last) is not null) && text.Length > 2;

    private static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static T? Name<T>(string? text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && text!.All(char.IsAsciiLetter) ? value : null;

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
