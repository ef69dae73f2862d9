using System.Net;
using System.Net.Sockets;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api;

/// <summary>
/// Limits far above any honest client (PROTOCOL.md, Too many requests): by license first; by address only for unknown keys, since
/// many bots share one.
/// </summary>
public sealed class RequestLimits(LimitOptions options, TimeProvider time)
{
    private readonly BoundedLimit<KeyHash> licenses = new(options.LicenseBurst, TimeSpan.FromSeconds(1) / options.LicensePerSecond, time);
    private readonly BoundedLimit<string> guesses = new(options.UnknownKeyBurst, TimeSpan.FromMinutes(1) / options.UnknownKeysPerMinute, time);

    /// <returns>Null if the request may go on; else how many seconds to wait.</returns>
    public int? Take(KeyHash key) => licenses.Take(key);

    /// <summary>Counts an unknown key against the address it came from.</summary>
    public void CountGuess(string address) => guesses.Take(Network(address));

    /// <returns>Null if the address may still name unknown keys; else how many seconds to wait. Known keys cost it nothing.</returns>
    public int? CheckGuesses(string address) => guesses.Check(Network(address));

    // Whoever has one IPv6 address has 2^64 of them, and may take another for each guess.
    private static string Network(string address)
    {
        if (!address.Contains(':') || !IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        return Convert.ToHexString(bytes[..8]);
    }
}

/// <summary>The section <c>Portal:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests that a license may make at once.</summary>
    public int LicenseBurst { get; set; } = 50;

    /// <summary>Requests a second that a license may make in the long run.</summary>
    public int LicensePerSecond { get; set; } = 10;

    /// <summary>Unknown keys that an address may name at once.</summary>
    public int UnknownKeyBurst { get; set; } = 100;

    /// <summary>Unknown keys a minute that an address may name in the long run.</summary>
    public int UnknownKeysPerMinute { get; set; } = 20;

    /// <exception cref="StartException">One is below 1: then nobody would ever be served.</exception>
    internal void Check() => PortalOptions.RequireAtLeastOne("Limits",
        (nameof(LicenseBurst), LicenseBurst), (nameof(LicensePerSecond), LicensePerSecond), (nameof(UnknownKeyBurst), UnknownKeyBurst), (nameof(UnknownKeysPerMinute), UnknownKeysPerMinute));
}
