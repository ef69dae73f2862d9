using System.Globalization;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Texts for the fields of a license, and the meaning of chosen dates.</summary>
internal static class LicenseFormat
{
    /// <summary>The last second of a day, UTC: a license that is good "until the 5th" can be used on the 5th.</summary>
    public static DateTime EndOf(DateOnly day) => day.ToDateTime(new TimeOnly(23, 59, 59), DateTimeKind.Utc);

    /// <summary><c>2026-12-31 23:59:59 UTC</c>, or <c>never</c>.</summary>
    public static string Expiry(DateTime? utc) => utc?.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>What happens to a fingerprint that is used in two places.</summary>
    public static string Copied(CopiedDevices? setting) => setting switch
    {
        null => "as in Settings",
        CopiedDevices.Refuse => "refuse",
        _ => "report",
    };
}
