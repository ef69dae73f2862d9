using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How an entry of the audit log about a license reads.</summary>
public static class AuditText
{
    public static string What(AuditEntry entry) => AuditWords.Did(entry);

    /// <summary><c>seats: 1 → 2</c>, one for each field that differs; what only names the license is left out.</summary>
    public static IEnumerable<string> Changes(AuditEntry entry) => AuditDifference.Of(entry)
        .Where(difference => difference.Before is not null || difference.Field == "sessions ended")
        .Select(difference => difference.Before is null ? $"{difference.Field}: {difference.After}" : $"{difference.Field}: {difference.Before} → {difference.After ?? "none"}");
}
