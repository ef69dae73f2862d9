using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>An answer, byte by byte, and what a client checks of its signature. Written from docs/client-api.md, with nothing of the product.</summary>
/// <param name="Signature">The header's text; null where there is none.</param>
/// <param name="Headers">The names of all headers, in order.</param>
public sealed partial record SignedAnswer(int Status, byte[] Body, string? Signature, IReadOnlyList<string> Headers)
{
    public const string Nonce = "n-0123456789_ABCDEF";

    public string Text => Encoding.UTF8.GetString(Body);

    public string? Get(string name) => JsonNode.Parse(Body)![name]?.ToString();

    /// <summary>Posts a body of these members.</summary>
    public static async Task<SignedAnswer> PostAsync(PortalServer portal, string path, params (string Name, object? Value)[] members)
    {
        var body = members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        // As it is written, or the slashes would be put together here.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(portal.Address.GetLeftPart(UriPartial.Authority) + path)) { Content = JsonContent.Create(body) };
        using var response = await portal.Http.SendAsync(request);
        var names = response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal).ToList();
        return new SignedAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(),
            response.Headers.TryGetValues("Portal-Signature", out var values) ? values.Single() : null, names);
    }

    /// <summary>The keys that <c>GET /api/hello</c> names.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(PortalServer portal)
    {
        using var response = await portal.Http.GetAsync(new Uri("/api/hello", UriKind.Relative));
        return [.. (await Answered.ReadAsync(response)).Json["keys"]!.AsArray().Select(key => key!.GetValue<string>())];
    }

    /// <summary>Whether a client that has these keys built in believes it.</summary>
    public bool IsBelieved(IEnumerable<string> keys, string path, string nonce, string fingerprint, string licenseKey) =>
        Signature is { } header && Form().Match(header) is { Success: true } match
        && Verify(keys, match.Groups["kid"].Value, match.Groups["t"].Value, match.Groups["sig"].Value, path, nonce, fingerprint, licenseKey, Status, Body);

    /// <summary>The milliseconds since 1970 that it says.</summary>
    public long At => long.Parse(Form().Match(Signature!).Groups["t"].Value, CultureInfo.InvariantCulture);

    /// <summary>Which key signed.</summary>
    public string Kid => Form().Match(Signature!).Groups["kid"].Value;

    public static bool Verify(IEnumerable<string> keys, string kid, string t, string signature, string path, string nonce, string fingerprint, string licenseKey, int status, byte[] body)
    {
        if (keys.FirstOrDefault(key => key.StartsWith(kid + ":", StringComparison.Ordinal)) is not { } built) return false;
        var der = Convert.FromBase64String(built[(kid.Length + 1)..]);
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(der, out _);
        var lines = $"portal-1\n{path}\n{nonce}\n{fingerprint}\n{t}\n{Hash(Encoding.UTF8.GetBytes(licenseKey))}\n{status}\n{Hash(body)}";
        return Hash(der)[..16] == kid && rsa.VerifyData(Encoding.UTF8.GetBytes(lines), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static string Hash(byte[] data) => Convert.ToHexStringLower(SHA256.HashData(data));

    [GeneratedRegex("^kid=\"(?<kid>[0-9a-f]{16})\", alg=\"rsa-sha256\", t=\"(?<t>[0-9]+)\", sig=\"(?<sig>[A-Za-z0-9+/=]+)\"$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
