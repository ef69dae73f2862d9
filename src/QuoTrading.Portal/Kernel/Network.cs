using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// What an address counts as where places are compared (docs/protocol.md, Words): of IPv4 its /24, of IPv6 its /56. A machine that gets
/// another address from the same router is still in the same place.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Network
{
    private const int V4HostBits = 8;
    private const int V6HostBits = 8;

    // IPv4: the address without its last byte, below 2^24. IPv6: the first seven bytes, and a mark above them. 0: no address.
    private const ulong V6Mark = 1UL << 63;
    private const ulong V4Mark = 1UL << 62;

    private readonly ulong value;

    private Network(ulong value) => this.value = value;

    /// <summary>What is no address is one network together.</summary>
    public static Network Of(string? address) => IPAddress.TryParse(address, out var parsed) ? Of(parsed) : default;

    /// <inheritdoc cref="Of(string)"/>
    public static Network Of(IPAddress? address)
    {
        if (address is null) return default;
        Span<byte> all = stackalloc byte[16];
        if (!address.TryWriteBytes(all, out var length)) return default;
        var bytes = address.IsIPv4MappedToIPv6 ? all[12..] : all[..length];
        return bytes.Length == 4
            ? new Network(V4Mark | (BinaryPrimitives.ReadUInt32BigEndian(bytes) >> V4HostBits))
            : new Network(V6Mark | (BinaryPrimitives.ReadUInt64BigEndian(bytes) >> V6HostBits));
    }

    /// <summary>Whether two addresses are in one network. Nearly always they are equal, and nothing is parsed.</summary>
    public static bool AreSame(string one, string other) => string.Equals(one, other, StringComparison.Ordinal) || Of(one) == Of(other);

    /// <summary>As people write it: <c>203.0.113.0/24</c>, <c>2001:db8:1:200::/56</c>.</summary>
    public override string ToString()
    {
        if (value == 0) return "unknown";
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var isV6 = (value & V6Mark) != 0;
        if (isV6) BinaryPrimitives.WriteUInt64BigEndian(bytes, value << V6HostBits);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(value << V4HostBits));
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(isV6 ? bytes : bytes[..4])}/{(isV6 ? 56 : 24)}");
    }
}
