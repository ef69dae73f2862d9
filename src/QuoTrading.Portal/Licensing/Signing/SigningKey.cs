namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>A stored RSA key with which answers to clients are signed. There is at most one of each role.</summary>
internal sealed class SigningKey
{
    /// <summary>The key's id: the first 16 lower-case hexadecimal characters of the SHA-256 of <see cref="PublicKey"/>.</summary>
    public required string Kid { get; set; }

    /// <summary>DER, a SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; set; }

    /// <summary>PKCS #8 in base64, encrypted by the key ring.</summary>
    public required string PrivateKeyEncrypted { get; set; }

    public SigningKeyRole Role { get; set; }

    /// <summary>UTC: when it was made.</summary>
    public DateTime MadeAt { get; set; }

    /// <summary>UTC: since when it has its role.</summary>
    public DateTime Since { get; set; }
}

/// <summary>In the order in which they are shown; stored by name.</summary>
public enum SigningKeyRole
{
    /// <summary>Signs.</summary>
    Current,

    /// <summary>Will sign after the next rotation; bots have it built in before that.</summary>
    Next,

    /// <summary>Signed before the last rotation; kept so that the rotation can be undone.</summary>
    Previous,
}

/// <summary>The public part of a key; no secret.</summary>
/// <param name="Kid">Names the key in a signature.</param>
/// <param name="Text">The line that authors build into their bots: <c>kid:base64(DER SubjectPublicKeyInfo)</c>.</param>
/// <param name="Since">UTC: since when it has its role.</param>
/// <param name="IsReadable">False where the key ring is not the one that encrypted the private key.</param>
public sealed record PublicSigningKey(string Kid, string Text, SigningKeyRole Role, DateTime Since, bool IsReadable);
