using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Which live sessions to find; null means any. The texts match as in the filter of the history.</summary>
/// <param name="Customer">The customer's e-mail address.</param>
/// <param name="Device">The fingerprint, or the device's name.</param>
internal sealed record OnlineFilter(long? LicenseId, TextMatch? Customer, TextMatch? Device)
{
    private readonly TextMatch? customer = Customer?.ToLower();

    public bool Admits(OnlineRow row) =>
        (LicenseId is null || row.LicenseId == LicenseId)
        && (customer is null || customer.Admits(row.CustomerEmail))
        && (Device is null || Device.Admits(row.Device) || Device.Admits(row.DeviceName, StringComparison.OrdinalIgnoreCase));
}
