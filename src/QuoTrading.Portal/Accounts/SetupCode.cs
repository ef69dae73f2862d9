using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace QuoTrading.Portal.Accounts;

/// <summary>The one-time code that proves that whoever sets the portal up can read its console. Made anew at each start.</summary>
public sealed class SetupCode
{
    private readonly byte[] expected;

    public SetupCode()
    {
        Text = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
        expected = Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>For the console alone.</summary>
    internal string Text { get; }

    /// <summary>Takes the same time whether the first or the last character is wrong.</summary>
    public bool Matches(string? code) => code is not null && CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(code));
}
