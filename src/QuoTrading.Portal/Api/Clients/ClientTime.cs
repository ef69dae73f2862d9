using System.Globalization;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Times in the format that installed clients read.</summary>
internal static class ClientTime
{
    /// <summary>UTC without suffix or fraction: the launchers subtract it from a naive clock and break on <c>Z</c>.</summary>
    public static string Text(DateTime utc) => utc.ToString("s", CultureInfo.InvariantCulture);

    public static string? Text(DateTime? utc) => utc is { } time ? Text(time) : null;

    /// <summary>Whole days until the license expires, not below 0; null if it never expires.</summary>
    public static int? DaysLeft(LicenseSnapshot license, DateTime utcNow) => license.ExpiresAt is { } end ? (int)Math.Max(0, (end - utcNow).TotalDays) : null;

    /// <summary>
    /// Hours until the license expires, to a hundredth; null if it never expires. Not below 0.01 while the license is served: at 0 a bot
    /// leaves the mode in which it opens no new trades.
    /// </summary>
    public static double? HoursLeft(LicenseSnapshot license, DateTime utcNow) =>
        license.ExpiresAt is { } end ? Math.Max(0.01, Math.Round((end - utcNow).TotalHours, 2, MidpointRounding.ToZero)) : null;
}
