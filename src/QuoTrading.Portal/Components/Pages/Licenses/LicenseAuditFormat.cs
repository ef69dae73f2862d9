using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How an entry of the audit log about a license reads.</summary>
internal static class LicenseAuditFormat
{
    // New with the change, and worth a word all the same; the others name the license.
    private static readonly string[] News = ["sessions ended", "device", "kept out until"];

    public static string What(AuditEntry entry) => AuditFormat.Did(entry);

    /// <summary><c>seats: 1 → 2</c>, one for each field that differs; what only names the license is left out.</summary>
    public static IEnumerable<string> Changes(AuditEntry entry) => AuditDifference.Of(entry)
        .Where(difference => difference.Before is not null || News.Contains(difference.Field, StringComparer.Ordinal))
        .Select(difference => difference.Before is null ? $"{difference.Field}: {difference.After}" : $"{difference.Field}: {difference.Before} → {difference.After ?? "none"}");
}
