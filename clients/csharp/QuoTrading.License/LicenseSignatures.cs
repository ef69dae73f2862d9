using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>What the server says of one answer: which key signed, when, and the signature.</summary>
internal sealed class LicenseProof(string kid, string algorithm, string time, string signature)
{
    private static readonly char[] Blanks = [' ', '\t'];

    public string Kid { get; } = kid;

    public string Algorithm { get; } = algorithm;

    /// <summary>Milliseconds since 1970, as they were signed.</summary>
    public string Time { get; } = time;

    public string Signature { get; } = signature;

    /// <summary>Of the header <c>Portal-Signature</c>. Null: it is none.</summary>
    public static LicenseProof? Parse(string? header)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in (header ?? "").Split(','))
        {
            var text = part.Trim(Blanks);
            var equals = text.IndexOf('=');
            if (equals < 1 || text.Length < equals + 3 || text[equals + 1] != '"' || text[text.Length - 1] != '"') return null;
            var name = text.Substring(0, equals);
            if (fields.ContainsKey(name)) return null;
            fields[name] = text.Substring(equals + 2, text.Length - equals - 3);
        }

        return fields.TryGetValue("kid", out var kid) && fields.TryGetValue("alg", out var algorithm) && fields.TryGetValue("t", out var time)
            && fields.TryGetValue("sig", out var signature) ? new LicenseProof(kid, algorithm, time, signature) : null;
    }

    /// <summary>Of the stream's event. Null: it is none.</summary>
    public static LicenseProof? Of(JsonObject proof) =>
        proof.Text("kid") is { } kid && proof.Text("alg") is { } algorithm && proof.Text("t") is { } time && proof.Text("sig") is { } signature
            ? new LicenseProof(kid, algorithm, time, signature) : null;
}

/// <summary>
/// Whether an answer is the portal's own, by its public keys. An old answer proves nothing, so the time that is signed counts too: at first
/// by the wall clock, then by a clock that goes on from the last answer, so that whoever sets the computer's clock loses no session.
/// </summary>
internal sealed class LicenseSignatures : IDisposable
{
    private const double Tolerance = 300;

    private readonly Dictionary<string, RSA> keys = new(StringComparer.Ordinal);
    private readonly object changing = new();
    private (double Time, double Awake, double Full)? anchor; // of the last answer that was believed

    /// <exception cref="ArgumentException">One of them is no public key.</exception>
    public LicenseSignatures(IEnumerable<string> keys)
    {
        foreach (var text in keys)
        {
            var (kid, key) = Read(text ?? "");
            this.keys[kid] = key;
        }
    }

    /// <summary>Seconds since 1970. A test may have clocks of its own.</summary>
    internal Func<double> Wall { get; init; } = LicenseClock.Wall;

    /// <summary>Seconds that pass while the computer is awake.</summary>
    internal Func<double> Awake { get; init; } = LicenseClock.Awake;

    /// <summary>Seconds that pass also while it sleeps, and where the wall clock was set forward.</summary>
    internal Func<double> Full { get; init; } = LicenseClock.OfThisComputer;

    public static string NewNonce()
    {
        var bytes = new byte[24];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(bytes);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
    }

    /// <param name="proof">What came with the answer; null for nothing.</param>
    /// <param name="path">What was asked, without the portal's base path.</param>
    /// <param name="nonce">Of the request.</param>
    /// <param name="fingerprint">As it was sent.</param>
    /// <param name="key">The license key, as it was sent.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="body">Of the answer.</param>
    public bool Believes(LicenseProof? proof, string path, string nonce, string fingerprint, string key, int status, byte[] body)
    {
        if (proof is null || proof.Algorithm != "rsa-sha256" || !keys.TryGetValue(proof.Kid, out var rsa) || ReadTime(proof.Time) is not { } time) return false;
        var lines = string.Join("\n", "portal-1", path, nonce, fingerprint, proof.Time, Hash(Encoding.UTF8.GetBytes(key)), FormattableString.Invariant($"{status}"), Hash(body));
        byte[] signature;
        try
        {
            signature = Convert.FromBase64String(proof.Signature);
        }
        catch (FormatException)
        {
            return false;
        }

        lock (changing) // an RSA is no thing for several threads
        {
            return rsa.VerifyData(Encoding.UTF8.GetBytes(lines), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) && IsFresh(time);
        }
    }

    public void Dispose()
    {
        foreach (var key in keys.Values) key.Dispose();
    }

    /// <summary>Lower-case hexadecimal digits of the SHA-256.</summary>
    public static string Hash(byte[] bytes)
    {
#if NET8_0_OR_GREATER
        return Hex(SHA256.HashData(bytes));
#else
        using var sha = SHA256.Create();
        return Hex(sha.ComputeHash(bytes));
#endif
    }

    public static string Hex(byte[] bytes) => string.Concat(bytes.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

    private bool IsFresh(double time)
    {
        var (awake, full) = (Awake(), Full());
        var (least, most) = anchor is { } last ? (last.Time + awake - last.Awake, last.Time + full - last.Full) : (Wall(), Wall());
        if (time < least - Tolerance || time > most + Tolerance) return false;
        anchor = (time, awake, full);
        return true;
    }

    private static double? ReadTime(string text) =>
        text.Length is > 0 and < 16 && text.All(digit => digit is >= '0' and <= '9') ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) / 1000.0 : null;

    private static (string Kid, RSA Key) Read(string text)
    {
        try
        {
            var parts = text.Trim().Split(':');
            var der = Convert.FromBase64String(parts[parts.Length - 1]);
            if (parts.Length == 2 && Hash(der).Substring(0, 16) == parts[0]) return (parts[0], LicenseKeyReader.Read(der));
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException)
        {
            // Said below.
        }

        throw new ArgumentException("A key must look like kid:base64, as the portal shows it.", nameof(text));
    }
}
