using System.Security.Cryptography;

namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>Makes RSA keys of 2048 bits. One takes some tenths of a second of processor time.</summary>
public class SigningKeyMaker
{
    private const int Bits = 2048;
    private const int KidLength = 16;

    /// <summary>A new key, PKCS #8.</summary>
    public virtual byte[] Make()
    {
        using var rsa = RSA.Create(Bits);
        return rsa.ExportPkcs8PrivateKey();
    }

    /// <summary>The public key of a private one, as DER.</summary>
    /// <exception cref="CryptographicException">The input is no RSA key.</exception>
    internal static byte[] PublicOf(byte[] pkcs8)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return rsa.ExportSubjectPublicKeyInfo();
    }

    /// <summary>The id of a public key.</summary>
    internal static string KidOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey))[..KidLength];

    /// <summary>The line that authors build into their bots.</summary>
    internal static string TextOf(byte[] publicKey) => $"{KidOf(publicKey)}:{Convert.ToBase64String(publicKey)}";
}
