using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// Limits far above any honest client (docs/protocol.md, Too many requests). A device that holds a session, or has logged in before, has
/// an allowance that no other device can use up. All other devices of a license share one that grows with its seats. Only unknown keys
/// are counted by address, because many bots share one address.
/// </summary>
internal sealed class RequestLimits(LimitOptions options, TimeProvider time)
{
    private readonly GcraLimiter<DevicePlace> devices = new(new Allowance(options.DeviceBurst, options.DevicePerSecond), time);
    // The seats are part of the key: requests that were counted as for one seat, before the seats were known, must not count against a
    // license of a hundred.
    private readonly GcraLimiter<(KeyHash Key, int Seats)> licenses = new(StrangersOf(options, seats: 1), time);
    private readonly GcraLimiter<string> guesses = new(new Allowance(options.UnknownKeyBurst, options.UnknownKeysPerMinute / 60.0), time);

    /// <summary>For a device that holds a session of the license, or has logged in to it before.</summary>
    /// <param name="network">Of the request: a copy of the fingerprint in another network uses up an allowance of its own.</param>
    /// <returns>Null if the request may go on; else how many seconds to wait.</returns>
    public int? TakeOwn(KeyHash key, string device, Network network) => devices.Take(new DevicePlace(key, device, network));

    /// <summary>For all other devices of a license together.</summary>
    /// <inheritdoc cref="TakeOwn"/>
    public int? TakeShared(KeyHash key, int seats) => licenses.Take((key, seats), StrangersOf(options, seats));

    /// <summary>Counts an unknown key for the address that sent it.</summary>
    public void CountGuess(string address) => guesses.Take(Guesser(address));

    /// <returns>Null if the address may still send unknown keys; else how many seconds to wait. Known keys are not counted.</returns>
    public int? CheckGuesses(string address) => guesses.Check(Guesser(address));

    // The allowance that is shared by those devices of a license that have none of their own.
    private static Allowance StrangersOf(LimitOptions options, int seats) =>
        new(options.LicenseBurst + (seats * options.LicenseBurstPerSeat), options.LicensePerSecond + (seats * options.LicensePerSecondAndSeat));

    // IPv6 counts by its /64: a host with one IPv6 address usually has 2^64, and can use another for each guess.
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
