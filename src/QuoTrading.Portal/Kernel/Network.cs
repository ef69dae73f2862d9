using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// The network of an address, used to compare places (docs/protocol.md, Words): the /24 of an IPv4 address, the /56 of an IPv6 address. A
/// computer that gets another address from the same router is still in the same place.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Network
{
    private const int V4HostBits = 8;
    private const int V6HostBits = 8;

    // IPv4: the first three bytes and V4Mark. IPv6: the first seven bytes and V6Mark. 0: no address.
    private const ulong V6Mark = 1UL << 63;
    private const ulong V4Mark = 1UL << 62;

    private readonly ulong value;

    private Network(ulong value) => this.value = value;

    /// <summary>The network of an address. All texts that are not an address have the same network.</summary>
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

    /// <summary>Whether two addresses are in one network. Equal texts, by far the most frequent case, are not parsed.</summary>
    public static bool AreSame(string one, string other) => string.Equals(one, other, StringComparison.Ordinal) || Of(one) == Of(other);

    /// <summary>In CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8:1:200::/56</c>; <c>unknown</c> without an address.</summary>
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
