using System.Globalization;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How a license was changed, for the list of events.</summary>
/// <param name="Code">One of a closed set, for filters.</param>
/// <param name="Text">For people, with the old and the new value.</param>
internal sealed record LicenseDifference(string Code, string Text)
{
    /// <returns>Null if nothing differs that an event reports.</returns>
    public static LicenseDifference? Between(LicenseSnapshot before, LicenseSnapshot? after)
    {
        if (after is null) return new("license_deleted", "deleted");
        var all = All(before, after).ToList();
        return all.Count == 0 ? null : new(all[0].Code, string.Join("; ", all.Select(one => one.Text)));
    }

    private static IEnumerable<LicenseDifference> All(LicenseSnapshot before, LicenseSnapshot after)
    {
        if (before.Status != after.Status)
            yield return after.Status switch
            {
                LicenseStatus.Suspended => new("license_suspended", "suspended"),
                LicenseStatus.Cancelled => new("license_cancelled", "cancelled"),
                _ => new("license_reactivated", $"reactivated; it was {(before.Status == LicenseStatus.Suspended ? "suspended" : "cancelled")}"),
            };
        if (before.Key != after.Key) yield return new("key_replaced", $"key replaced: {before.KeyMasked} → {after.KeyMasked}");
        if (before.ExpiresAt != after.ExpiresAt) yield return new("expiry_changed", $"expires {Day(after.ExpiresAt)}; before {Day(before.ExpiresAt)}");
        if (before.Seats != after.Seats) yield return new("seats_changed", $"seats {before.Seats} → {after.Seats}");
        if (before.CopiedDevices != after.CopiedDevices) yield return new("copied_devices_changed", $"copied devices {Word(before.CopiedDevices)} → {Word(after.CopiedDevices)}");
        if (before.Plan != after.Plan) yield return new("plan_changed", $"plan {before.Plan} → {after.Plan}");
        if (before.CustomerEmail != after.CustomerEmail) yield return new("customer_changed", "the customer's e-mail address changed");
    }

    private static string Word(CopiedDevices? setting) => setting is { } own ? WireNames.Of(own) : "as set for all";

    private static string Day(DateTime? expiry) => expiry?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "never";
}
