using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What a client that proves its installation sends with every message (docs/protocol.md, One device in two places). The text goes to the
/// client and is stored nowhere; only its hash is kept.
/// </summary>
public sealed class SessionToken
{
    private const int RandomBytes = 24;

    // 128 bits of the hash are enough: the token is random, and cannot be guessed.
    private const int HashBytes = 16;

    private SessionToken(string text)
    {
        Text = text;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
    }

    public string Text { get; }

    /// <summary>32 hexadecimal characters.</summary>
    public string Hash { get; }

    /// <summary>Creates a new random token.</summary>
    public static SessionToken Create() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>The token that a client sent.</summary>
    public static SessionToken Of(string text) => new(text);

    /// <summary>Hides the text, so that no log and no page shows it.</summary>
    public override string ToString() => "…";
}
