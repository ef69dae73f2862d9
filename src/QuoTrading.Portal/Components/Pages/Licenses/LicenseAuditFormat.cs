using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Texts for audit entries about a license.</summary>
internal static class LicenseAuditFormat
{
    // Fields without an old value that are shown all the same. Other such fields only identify the license.
    private static readonly string[] News = ["sessions ended", "device", "kept out until"];

    public static string What(AuditEntry entry) => AuditFormat.Did(entry);

    /// <summary><c>seats: 1 → 2</c>, one for each changed field; fields that only identify the license are left out.</summary>
    public static IEnumerable<string> Changes(AuditEntry entry) => AuditDifference.Of(entry)
        .Where(difference => difference.Before is not null || News.Contains(difference.Field, StringComparer.Ordinal))
        .Select(difference => difference.Before is null ? $"{difference.Field}: {difference.After}" : $"{difference.Field}: {difference.Before} → {difference.After ?? "none"}");
}
