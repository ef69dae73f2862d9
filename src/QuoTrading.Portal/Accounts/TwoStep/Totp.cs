using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// The codes of authenticator apps: RFC 6238 with SHA-1, six digits, a step of 30 s, as all apps know them. Identity checks them too, but
/// by the system's clock, and without telling which step a code was of: a code could be used twice.
/// </summary>
internal static class Totp
{
    public const int Digits = 6;

    /// <summary>Seconds for which a code is shown.</summary>
    public const int StepSeconds = 30;

    /// <summary>How many steps the clock of a phone may be off, to either side.</summary>
    private const int Tolerance = 1;

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of one step.</summary>
    /// <exception cref="FormatException">The key is no Base32.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "The algorithm of RFC 6238 that every app knows. HMAC does not rest on what SHA-1 lost.")]
    public static string CodeAt(string key, long step)
    {
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(FromBase32(key), counter, hash);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Which step a typed code is of.</summary>
    /// <param name="last">The step of the code that was accepted last: it and those before it are used up.</param>
    /// <returns>Null if it is of none that counts now.</returns>
    public static long? FindStep(string key, string typed, DateTimeOffset now, long? last)
    {
        var digits = Encoding.UTF8.GetBytes(string.Concat(typed.Where(c => !char.IsWhiteSpace(c))));
        var current = StepAt(now);
        // What is farther ahead than any code was accepted by a clock that was wrong: nobody is kept out until it is that time.
        if (last > current + Tolerance) last = null;
        long? found = null;
        for (var step = current - Tolerance; step <= current + Tolerance; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CodeAt(key, step)), digits) && step > (last ?? -1)) found ??= step;
        return found;
    }

    private static byte[] FromBase32(string text)
    {
        var bytes = new List<byte>(text.Length * 5 / 8);
        int buffer = 0, bits = 0;
        foreach (var c in text)
        {
            var value = Base32.IndexOf(c, StringComparison.Ordinal);
            if (value < 0) throw new FormatException("No Base32.");
            buffer = ((buffer << 5) | value) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
        }

        return [.. bytes];
    }
}
