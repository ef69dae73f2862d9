using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions;

/// <summary>
/// The pairs of key and device that logged in within 30 days: an address over its limit is still served for them (PROTOCOL.md, Too
/// many requests). In memory, as hashes: refusing a guesser must cost less than answering him.
/// </summary>
public sealed class KnownDevices(TimeProvider time)
{
    private static readonly TimeSpan For = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<UInt128, DateTime> lastLogin = new();

    /// <summary>Whether this device logged in with this key within 30 days. A wrong key and a strange device are the same false.</summary>
    public bool IsKnown(KeyHash key, string device) => lastLogin.TryGetValue(Pair(key, device), out var at) && time.GetUtcNow().UtcDateTime - at <= For;

    /// <param name="at">UTC.</param>
    internal void Note(KeyHash key, string device, DateTime at) => lastLogin[Pair(key, device)] = at;

    /// <summary>Inside a unit, at start: reads what is stored.</summary>
    internal void Load(WriteUnit unit)
    {
        using var rows = unit.Query("""
            SELECT l."KeyHash", d."Device", d."LastLoginAt" FROM "LicenseDevices" d JOIN "Licenses" l ON l."Id" = d."LicenseId" WHERE d."LastLoginAt" >= @p0
            """, time.GetUtcNow().UtcDateTime - For);
        while (rows.Read()) Note(KeyHash.FromBytes((byte[])rows.GetValue(0)), rows.GetString(1), DateTime.SpecifyKind(rows.GetDateTime(2), DateTimeKind.Utc));
    }

    private static UInt128 Pair(KeyHash key, string device)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. key.ToBytes(), .. MemoryMarshal.AsBytes(device.AsSpan())], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
