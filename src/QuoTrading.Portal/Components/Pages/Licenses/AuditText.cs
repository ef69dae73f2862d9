using System.Text.Json;
using QuoTrading.Portal.Accounts.Audit;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How an entry of the audit log about a license reads.</summary>
public static class AuditText
{
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
        "device.let_in" => "Device let in again",
        _ => entry.Action,
    };

    /// <summary><c>seats: 1 → 2</c>, one for each field that differs.</summary>
    public static IEnumerable<string> Changes(AuditEntry entry)
    {
        var (before, after) = (Fields(entry.Before), Fields(entry.After));
        foreach (var (name, was) in before)
            if (after.TryGetValue(name, out var now) && now != was) yield return $"{name.Replace('_', ' ')}: {was} → {now}";
        if (after.TryGetValue("sessions_ended", out var ended)) yield return $"sessions ended: {ended}";
    }

    private static Dictionary<string, string> Fields(string? json)
    {
        if (json is null) return [];
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return [];
        return document.RootElement.EnumerateObject().ToDictionary(
            field => field.Name,
            field => field.Value.ValueKind == JsonValueKind.Null ? "none" : field.Value.ToString(),
            StringComparer.Ordinal);
    }
}
