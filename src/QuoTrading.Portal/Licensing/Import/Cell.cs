using System.Globalization;
using System.Text.RegularExpressions;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Parses the values of the old system. Pure.</summary>
internal static partial class Cell
{
    public const string TimeForms = "2025-12-31 23:59:59, 2025-12-31T23:59:59Z or 2025-12-31";

    /// <summary>Whether a text is what an export writes for a missing value.</summary>
    public static bool IsNothing(string text) => text.ToUpperInvariant() is "" or "NULL" or "NONE" or "\\N";

    public static bool IsNever(string text) => IsNothing(text) || text.ToUpperInvariant() is "LIFETIME" or "NEVER" or "INFINITY";

    /// <returns>The status; null for an unknown word. An expired license is an active one whose expiry has passed.</returns>
    public static (LicenseStatus Status, bool SaysExpired)? ReadStatus(string text) => text.ToUpperInvariant() switch
    {
        "ACTIVE" or "ENABLED" or "VALID" or "TRIAL" => (LicenseStatus.Active, false),
        "EXPIRED" => (LicenseStatus.Active, true),
        "SUSPENDED" or "INACTIVE" or "DISABLED" or "PAUSED" or "PAST_DUE" => (LicenseStatus.Suspended, false),
        "CANCELLED" or "CANCELED" or "REVOKED" or "TERMINATED" => (LicenseStatus.Cancelled, false),
        _ => null,
    };

    /// <summary>
    /// An ISO date or timestamp, as PostgreSQL and Python print them. Without a zone it is UTC; a date alone is its first instant,
    /// midnight UTC, as PostgreSQL reads it.
    /// </summary>
    /// <returns>UTC; null if the text is no time.</returns>
    public static DateTime? ReadTime(string text)
    {
        if (Timestamp().Match(text) is not { Success: true } match) return null;
        try
        {
            var time = new DateTime(Number("y"), Number("mo"), Number("d"), Number("h"), Number("mi"), Number("s"), DateTimeKind.Utc);
            var fraction = match.Groups["f"].Value.PadRight(7, '0')[..7];
            var offset = new TimeSpan(Number("zh"), Number("zm"), 0);
            if (offset > TimeSpan.FromHours(18)) return null;
            time = time.AddTicks(int.Parse(fraction, CultureInfo.InvariantCulture));
            return match.Groups["sign"].Value == "-" ? time + offset : time - offset;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }

        int Number(string group) => match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Why <see cref="ReadTime"/> does not read a text. Many such texts are dates in the format of a country.</summary>
    public static string WhyNoTime(string text) => CountryDate().Match(text) switch
    {
        { Success: true, ValueSpan: var found } when found.Contains('.') => "looks like day.month.year, and dates are read as year-month-day alone",
        { Success: true } => "may be day/month/year or month/day/year, and dates are read as year-month-day alone",
        _ when Timestamp().IsMatch(text) => "is no date that exists",
        _ => "is not a date in a form that is read",
    };

    /// <summary>For a message: in quotes, short, without control characters.</summary>
    public static string Quote(string text)
    {
        var shown = string.Concat(text.Take(60).Select(c => LicenseRules.IsPrintable(c) ? c : '?'));
        return text.Length > 60 ? $"\"{shown}…\"" : $"\"{shown}\"";
    }

    [GeneratedRegex("^[0-9]{1,2}(?<by>[./-])[0-9]{1,2}\\k<by>[0-9]{2,4}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex CountryDate();

    [GeneratedRegex("""
        ^(?<y>[0-9]{4})-(?<mo>[0-9]{2})-(?<d>[0-9]{2})
        ([ T](?<h>[0-9]{2}):(?<mi>[0-9]{2})(:(?<s>[0-9]{2})(\.(?<f>[0-9]{1,9}))?)?[ ]?(Z|UTC|(?<sign>[+-])(?<zh>[0-9]{2})(:?(?<zm>[0-9]{2}))?)?)?$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Timestamp();
}
