using System.Globalization;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>
/// What the list shows, as the page's address says it: <c>?q=acme&amp;state=active&amp;plan=MONTHLY&amp;expires=7d&amp;sort=expiry</c>.
/// What cannot be read does not matter.
/// </summary>
/// <param name="Expires"><c>7d</c>, <c>30d</c>, or two days with dots between (<c>2026-01-01..2026-01-31</c>, both included, UTC); either may be missing.</param>
public sealed record LicenseQuery(
    string? Search = null,
    LicenseStanding? Standing = null,
    string? Plan = null,
    string? Expires = null,
    LicenseOrdering Ordering = LicenseOrdering.Newest)
{
    public static LicenseQuery Read(string? search, string? state, string? plan, string? expires, string? sort) => new(
        Blank(search),
        Name<LicenseStanding>(state),
        Blank(plan),
        expires is "7d" or "30d" || ReadRange(expires) != default ? expires : null,
        Name<LicenseOrdering>(sort) ?? LicenseOrdering.Newest);

    public bool IsFiltered => this with { Ordering = default } != new LicenseQuery();

    /// <summary>First and last day of the range; null where it has no such end, and both for the presets.</summary>
    public (DateOnly? First, DateOnly? Last) Range => ReadRange(Expires);

    public LicenseFilter ToFilter(DateTime utcNow)
    {
        var (first, last) = Range;
        var (from, to) = Expires switch
        {
            "7d" => (utcNow, utcNow.AddDays(7)),
            "30d" => (utcNow, utcNow.AddDays(30)),
            _ => (first?.ToDateTime(default, DateTimeKind.Utc), last is { } day && day < DateOnly.MaxValue ? day.AddDays(1).ToDateTime(default, DateTimeKind.Utc) : (DateTime?)null),
        };
        return new LicenseFilter(Search, Standing, Plan, from, to);
    }

    /// <summary>The parts of an address, for <c>GetUriWithQueryParameters</c>; from the list's beginning.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["q"] = Search,
        ["state"] = Standing?.ToString().ToLowerInvariant(),
        ["plan"] = Plan,
        ["expires"] = Expires,
        ["sort"] = Ordering == LicenseOrdering.Newest ? null : Ordering.ToString().ToLowerInvariant(),
        ["after"] = null,
        ["before"] = null,
    };

    /// <summary>As a range is written into the address; null where it has no end at all.</summary>
    public static string? WriteRange(DateOnly? first, DateOnly? last) =>
        first is null && last is null ? null : $"{first?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}..{last?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static (DateOnly? First, DateOnly? Last) ReadRange(string? text) =>
        text?.Split("..") is [var first, var last] ? (Day(first), Day(last)) : default;

    private static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static T? Name<T>(string? text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && text!.All(char.IsAsciiLetter) ? value : null;

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
