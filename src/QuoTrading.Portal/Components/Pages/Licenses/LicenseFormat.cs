using System.Globalization;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How the fields of a license read, and how dates that people choose are meant.</summary>
internal static class LicenseFormat
{
    /// <summary>The last second of a day, UTC: who is told "until the 5th" may work on the 5th.</summary>
    public static DateTime EndOf(DateOnly day) => day.ToDateTime(new TimeOnly(23, 59, 59), DateTimeKind.Utc);

    /// <summary><c>2026-12-31 23:59:59 UTC</c>, or <c>never</c>.</summary>
    public static string Expiry(DateTime? utc) => utc?.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>What becomes of a fingerprint that is used in two places.</summary>
    public static string Copied(CopiedDevices? setting) => setting switch
    {
        null => "as in Settings",
        CopiedDevices.Refuse => "refuse",
        _ => "report",
    };
}
