using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What a client that proves its installation sends with every message (docs/protocol.md, One device in two places). The text goes to the
/// client and is kept nowhere; what is kept is its hash.
/// </summary>
public sealed class SessionToken
{
    private const int RandomBytes = 24;

    // 128 bits of a hash of what nobody can guess.
    private const int HashBytes = 16;

    private SessionToken(string text)
    {
        Text = text;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
    }

    public string Text { get; }

    /// <summary>32 hexadecimal characters.</summary>
    public string Hash { get; }

    /// <summary>A new one.</summary>
    public static SessionToken Create() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>As a client sent it.</summary>
    public static SessionToken Of(string text) => new(text);

    /// <summary>No log and no page shows one.</summary>
    public override string ToString() => "…";
}
