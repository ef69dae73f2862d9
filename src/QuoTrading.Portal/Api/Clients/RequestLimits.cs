using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// Limits far above any honest client (docs/protocol.md, Too many requests). A device that holds a session, or has logged in before, has an
/// allowance that nobody else can use up; all others of a license share one that grows with its seats. By address only for unknown
/// keys, since many bots share one.
/// </summary>
internal sealed class RequestLimits(LimitOptions options, TimeProvider time)
{
    private readonly BoundedLimit<DevicePlace> devices = new(new Allowance(options.DeviceBurst, options.DevicePerSecond), time);
    // By the seats, too: what was counted as of one seat, before they were known, must not count against a license of a hundred.
    private readonly BoundedLimit<(KeyHash Key, int Seats)> licenses = new(options.StrangersOf(seats: 1), time);
    private readonly BoundedLimit<string> guesses = new(new Allowance(options.UnknownKeyBurst, options.UnknownKeysPerMinute / 60.0), time);

    /// <summary>For a device that holds a session of the license, or has logged in to it before.</summary>
    /// <param name="network">Where it asks from: whoever copied its fingerprint uses up his own allowance, elsewhere.</param>
    /// <returns>Null if the request may go on; else how many seconds to wait.</returns>
    public int? TakeOwn(KeyHash key, string device, Network network) => devices.Take(new DevicePlace(key, device, network));

    /// <summary>For all others of a license together.</summary>
    /// <inheritdoc cref="TakeOwn"/>
    public int? TakeShared(KeyHash key, int seats) => licenses.Take((key, seats), options.StrangersOf(seats));

    /// <summary>Counts an unknown key against the address it came from.</summary>
    public void CountGuess(string address) => guesses.Take(Guesser(address));

    /// <returns>Null if the address may still name unknown keys; else how many seconds to wait. Known keys cost it nothing.</returns>
    public int? CheckGuesses(string address) => guesses.Check(Guesser(address));

    // Whoever has one IPv6 address has 2^64 of them, and may take another for each guess.
    private static string Guesser(string address)
    {
        if (!address.Contains(':') || !IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        return Convert.ToHexString(bytes[..8]);
    }
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct DevicePlace(KeyHash Key, string Device, Network Network);

/// <summary>The section <c>Portal:Limits</c>; <see cref="Sessions.Rules.GrowthOptions"/> has the rest of it.</summary>
[SettingsSection("Limits")]
internal sealed class LimitOptions
{
    /// <summary>Requests that a device may make at once that holds a session, or has logged in before.</summary>
    public int DeviceBurst { get; set; } = 30;

    /// <summary>Requests a second that such a device may make in the long run.</summary>
    public int DevicePerSecond { get; set; } = 2;

    /// <summary>Requests that all other devices of a license may make at once.</summary>
    public int LicenseBurst { get; set; } = 50;

    /// <summary>So many more for each seat.</summary>
    public int LicenseBurstPerSeat { get; set; } = 5;

    /// <summary>Requests a second that all other devices of a license may make in the long run.</summary>
    public int LicensePerSecond { get; set; } = 10;

    /// <summary>So many more for each seat.</summary>
    public int LicensePerSecondAndSeat { get; set; } = 2;

    /// <summary>Unknown keys that an address may name at once.</summary>
    public int UnknownKeyBurst { get; set; } = 100;

    /// <summary>Unknown keys a minute that an address may name in the long run.</summary>
    public int UnknownKeysPerMinute { get; set; } = 20;

    /// <summary>What the devices of a license share that have no allowance of their own.</summary>
    internal Allowance StrangersOf(int seats) => new(LicenseBurst + (seats * LicenseBurstPerSeat), LicensePerSecond + (seats * LicensePerSecondAndSeat));

    /// <exception cref="StartException">One is below what serves anybody.</exception>
    internal void Check() => PortalOptions.RequireAtLeast("Limits",
        (nameof(DeviceBurst), DeviceBurst, 1), (nameof(DevicePerSecond), DevicePerSecond, 1), (nameof(LicenseBurst), LicenseBurst, 1), (nameof(LicensePerSecond), LicensePerSecond, 1),
        (nameof(LicenseBurstPerSeat), LicenseBurstPerSeat, 0), (nameof(LicensePerSecondAndSeat), LicensePerSecondAndSeat, 0),
        (nameof(UnknownKeyBurst), UnknownKeyBurst, 1), (nameof(UnknownKeysPerMinute), UnknownKeysPerMinute, 1));
}
