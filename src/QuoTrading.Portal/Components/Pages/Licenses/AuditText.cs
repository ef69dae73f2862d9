using QuoTrading.Portal.Accounts.Audit;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How an entry of the audit log about a license reads.</summary>
public static class AuditText
{
    // New with the change, and worth a word all the same; the others name the license.
    private static readonly string[] News = ["sessions ended", "device", "kept out until"];

    public static string What(AuditEntry entry) => entry.Action switch
    {
        "license.create" => "Made",
        "license.edit" => "Edited",
        "license.extend" => "Extended",
        "license.suspend" => "Suspended",
        "license.reactivate" => "Reactivated",
        "license.cancel" => "Cancelled",
        "license.reveal" => "Key revealed",
        "license.key" => "Key replaced",
        "license.seats" => "Seats set",
        "license.plan" => "Plan set",
        "license.expiry" => "Expiry set",
        "license.note" => "Note written",
        "license.import" => "Changed by an import",
        "customer.edit" => "Customer corrected",
        "device.keep_out" => "Device kept out",
        "device.let_in" => "Device let in again",
        _ => entry.Action,
    };

    /// <summary><c>seats: 1 → 2</c>, one for each field that differs; what only names the license is left out.</summary>
    public static IEnumerable<string> Changes(AuditEntry entry) => AuditDifference.Of(entry)
        .Where(difference => difference.Before is not null || News.Contains(difference.Field, StringComparer.Ordinal))
        .Select(difference => difference.Before is null ? $"{difference.Field}: {difference.After}" : $"{difference.Field}: {difference.Before} → {difference.After ?? "none"}");
}
