using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QuoTrading.Testing;

/// <summary>Signs answers as the portal does, by a key of its own.</summary>
internal sealed class FakeSigner : IDisposable
{
    private const int Bits = 2048;

    private readonly RSA rsa = Make();
    private readonly string kid;

    public FakeSigner()
    {
        var der = PublicKey(rsa.ExportParameters(includePrivateParameters: false));
        kid = LicenseSignatures.Hash(der).Substring(0, 16);
        Text = $"{kid}:{Convert.ToBase64String(der)}";
    }

    /// <summary>The public key, <c>kid:base64</c>.</summary>
    public string Text { get; }

    public void Dispose() => rsa.Dispose();

    /// <param name="path">What was asked.</param>
    /// <param name="asked">With the nonce.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="body">Of the answer.</param>
    /// <returns>The fields of a signature in their order; null where none is due.</returns>
    public JsonObject? Sign(string path, JsonObject asked, int status, byte[] body)
    {
        if (asked.Text("nonce") is not { } nonce || status is not (200 or 401 or 403)) return null;
        var time = FormattableString.Invariant($"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        var key = LicenseSignatures.Hash(Encoding.UTF8.GetBytes(asked.Text("license_key") ?? ""));
        var lines = string.Join("\n", "portal-1", path, nonce, asked.Text("device_fingerprint") ?? "", time, key,
            FormattableString.Invariant($"{status}"), LicenseSignatures.Hash(body));
        byte[] signature;
        lock (rsa) signature = rsa.SignData(Encoding.UTF8.GetBytes(lines), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new JsonObject { ["kid"] = kid, ["alg"] = "rsa-sha256", ["t"] = time, ["sig"] = Convert.ToBase64String(signature) };
    }

#if NET8_0_OR_GREATER
    private static RSA Make() => RSA.Create(Bits);
#else
    private static RSACryptoServiceProvider Make() => new(Bits); // RSA.Create() is one of 1024 bits on .NET Framework
#endif

    /// <summary>The DER of a SubjectPublicKeyInfo, which .NET Framework cannot write by itself.</summary>
    private static byte[] PublicKey(RSAParameters key)
    {
        byte[] rsaEncryption = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
        var numbers = Der(0x30, [.. Der(0x02, Positive(key.Modulus!)), .. Der(0x02, Positive(key.Exponent!))]);
        return Der(0x30, [.. Der(0x30, rsaEncryption), .. Der(0x03, [0x00, .. numbers])]);
    }

    private static byte[] Positive(byte[] number) => number[0] < 0x80 ? number : [0x00, .. number];

    private static byte[] Der(byte tag, byte[] content) => [tag, .. Length(content.Length), .. content];

    private static IEnumerable<byte> Length(int length) =>
        length < 0x80 ? [(byte)length] : length < 0x100 ? [0x81, (byte)length] : [0x82, (byte)(length >> 8), (byte)length];
}
