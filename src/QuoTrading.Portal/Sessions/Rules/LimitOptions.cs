using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The section <c>Portal:Limits</c>: the most requests, and what may begin in a day. Far above what honest clients need.</summary>
[SettingsSection("Limits")]
public sealed class LimitOptions : ISettings
{
    /// <summary>Requests that a device may make at once, if it holds a session or has logged in before.</summary>
    public int DeviceBurst { get; set; } = 30;

    /// <summary>Requests a second that such a device may make in the long run.</summary>
    public int DevicePerSecond { get; set; } = 2;

    /// <summary>Requests that all other devices of a license may make at once.</summary>
    public int LicenseBurst { get; set; } = 50;

    /// <summary>Added to <see cref="LicenseBurst"/> for each seat.</summary>
    public int LicenseBurstPerSeat { get; set; } = 5;

    /// <summary>Requests a second that all other devices of a license may make in the long run.</summary>
    public int LicensePerSecond { get; set; } = 10;

    /// <summary>Added to <see cref="LicensePerSecond"/> for each seat.</summary>
    public int LicensePerSecondAndSeat { get; set; } = 2;

    /// <summary>Unknown keys that an address may name at once.</summary>
    public int UnknownKeyBurst { get; set; } = 100;

    /// <summary>Unknown keys a minute that an address may name in the long run.</summary>
    public int UnknownKeysPerMinute { get; set; } = 20;

    /// <summary>Devices, not seen for 30 days, that may begin a session; for each seat of the license and day.</summary>
    public int NewDevicesPerSeatAndDay { get; set; } = 50;

    /// <summary>Sessions that may begin, for each seat of the license and day.</summary>
    public int SessionsPerSeatAndDay { get; set; } = 5000;

    /// <summary>Sessions that a known device may begin after that limit.</summary>
    internal const int SessionsBeyondOfADevice = 200;

    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Limits",
        (nameof(DeviceBurst), DeviceBurst, 1), (nameof(DevicePerSecond), DevicePerSecond, 1), (nameof(LicenseBurst), LicenseBurst, 1), (nameof(LicensePerSecond), LicensePerSecond, 1),
        (nameof(LicenseBurstPerSeat), LicenseBurstPerSeat, 0), (nameof(LicensePerSecondAndSeat), LicensePerSecondAndSeat, 0),
        (nameof(UnknownKeyBurst), UnknownKeyBurst, 1), (nameof(UnknownKeysPerMinute), UnknownKeysPerMinute, 1),
        (nameof(NewDevicesPerSeatAndDay), NewDevicesPerSeatAndDay, 1), (nameof(SessionsPerSeatAndDay), SessionsPerSeatAndDay, 1));
}
