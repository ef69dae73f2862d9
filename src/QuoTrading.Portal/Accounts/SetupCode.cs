using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace QuoTrading.Portal.Accounts;

/// <summary>The one-time code by which set-up proves access to the portal's console. New at each start.</summary>
public sealed class SetupCode
{
    private readonly byte[] expected;

    public SetupCode()
    {
        Text = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        expected = Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>For the console only.</summary>
    internal string Text { get; }

    /// <summary>Compares in constant time: the position of a wrong character does not show.</summary>
    public bool Matches(string? code) => code is not null && CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(code));
}
