using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// Of the section <c>Portal:Limits</c> what bounds the growth of the database: what one valid key may make it write in a day. Far above
/// any honest license.
/// </summary>
[SettingsSection("Limits")]
public sealed class GrowthOptions
{
    /// <summary>Devices that were not seen for 30 days and begin a session, for each seat of the license and day.</summary>
    public int NewDevicesPerSeatAndDay { get; set; } = 50;

    /// <summary>Sessions that begin, for each seat of the license and day.</summary>
    public int SessionsPerSeatAndDay { get; set; } = 5000;

    /// <summary>Sessions that a known device may begin after that.</summary>
    internal const int SessionsBeyondOfADevice = 200;

    /// <exception cref="StartException">One is below 1.</exception>
    internal void Check() => PortalOptions.RequireAtLeastOne("Limits",
        (nameof(NewDevicesPerSeatAndDay), NewDevicesPerSeatAndDay), (nameof(SessionsPerSeatAndDay), SessionsPerSeatAndDay));
}
