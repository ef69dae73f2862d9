using System.Net;
using System.Text.RegularExpressions;
using OtpNet;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>The app on somebody's phone, with the key that the portal showed.</summary>
/// <param name="Key">With or without spaces.</param>
public sealed partial record AuthenticatorApp(string Key)
{
    /// <summary>What it shows, or will show after some steps.</summary>
    public string CodeAt(DateTimeOffset now, int stepsLater = 0) =>
        new Totp(Base32Encoding.ToBytes(Key.Replace(" ", "", StringComparison.Ordinal))).ComputeTotp(now.UtcDateTime.AddSeconds(30 * stepsLater));

    /// <summary>Six digits that it shows neither now nor soon.</summary>
    public string WrongAt(DateTimeOffset now)
    {
        var right = Enumerable.Range(-2, 5).Select(steps => CodeAt(now, steps)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, 10).Select(i => $"{i}{i}{i}{i}{i}{i}").First(code => !right.Contains(code));
    }

    /// <summary>From the page that shows the key; and what its form brings back.</summary>
    public static (AuthenticatorApp App, string SealedKey) Read(string html) =>
        (new AuthenticatorApp(KeyOf().Match(html).Groups["key"].Value), WebUtility.HtmlDecode(SealedKeyOf().Match(html).Groups["key"].Value));

    /// <summary>From the page that shows them.</summary>
    public static IReadOnlyList<string> ReadRecoveryCodes(string html) => [.. CodeOf().Matches(html).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex("data-key[^>]*>(?<key>[A-Z2-7 ]+)<", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex KeyOf();

    [GeneratedRegex("name=\"Form.SealedKey\" value=\"(?<key>[^\"]+)\"", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex SealedKeyOf();

    [GeneratedRegex("<li class=\"key\"[^>]*>(?<code>[A-Z0-9-]+)<", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex CodeOf();
}
