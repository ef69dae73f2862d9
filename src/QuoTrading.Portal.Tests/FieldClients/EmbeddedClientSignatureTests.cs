using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>B24, B25, B26: which answers the C# client takes for the portal's own.</summary>
public sealed class EmbeddedClientSignatureTests : IDisposable
{
    private const string Path = "/api/heartbeat", Nonce = "nonce-nonce-nonce-nonce", Device = "3f9a1c0d5e7b2a64", Key = "VFAEA-F4PVN";

    private static readonly byte[] Body = "{\"status\":\"success\"}"u8.ToArray();

    private readonly RSA rsa = RSA.Create(2048);
    private double wall = 1_000_000, awake = 100, full = 100;

    public void Dispose() => rsa.Dispose();

    [Fact]
    public void What_the_portal_signed_is_believed_as_long_as_nothing_of_it_differs()
    {
        using var signatures = Signatures();
        var proof = LicenseProof.Parse(Header(wall));

        Assert.True(signatures.Believes(proof, Path, Nonce, Device, Key, 200, Body));
        Assert.False(signatures.Believes(null, Path, Nonce, Device, Key, 200, Body));
        Assert.False(signatures.Believes(proof, "/api/main", Nonce, Device, Key, 200, Body));
        Assert.False(signatures.Believes(proof, Path, Nonce + "x", Device, Key, 200, Body));
        Assert.False(signatures.Believes(proof, Path, Nonce, "another", Key, 200, Body));
        Assert.False(signatures.Believes(proof, Path, Nonce, Device, "ANOTHER", 200, Body));
        Assert.False(signatures.Believes(proof, Path, Nonce, Device, Key, 403, Body));
        Assert.False(signatures.Believes(proof, Path, Nonce, Device, Key, 200, [.. Body, (byte)' ']));
    }

    [Fact]
    public void Another_key_is_nobodys_and_one_of_two_is_enough()
    {
        using var other = RSA.Create(2048);
        using var stranger = new LicenseSignatures([Text(other)]) { Wall = () => wall };
        using var both = new LicenseSignatures([Text(other), Text(rsa)]) { Wall = () => wall };
        var proof = LicenseProof.Parse(Header(wall));

        Assert.False(stranger.Believes(proof, Path, Nonce, Device, Key, 200, Body));
        Assert.True(both.Believes(proof, Path, Nonce, Device, Key, 200, Body));
    }

    [Theory]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void An_answer_of_another_time_is_none(double later, bool isBelieved)
    {
        using var signatures = Signatures();
        Assert.Equal(isBelieved, signatures.Believes(LicenseProof.Parse(Header(wall + later)), Path, Nonce, Device, Key, 200, Body));
    }

    [Fact]
    public void Once_one_was_believed_the_wall_clock_may_be_set_and_the_computer_may_sleep()
    {
        using var signatures = Signatures();
        Assert.True(signatures.Believes(LicenseProof.Parse(Header(1_000_000)), Path, Nonce, Device, Key, 200, Body));

        (wall, awake, full) = (wall - 86_400, awake + 30, full + 30);
        Assert.True(signatures.Believes(LicenseProof.Parse(Header(1_000_030)), Path, Nonce, Device, Key, 200, Body));

        (wall, awake, full) = (wall + 7200, awake + 30, full + 7200); // set forward, which looks like a sleep
        Assert.True(signatures.Believes(LicenseProof.Parse(Header(1_000_060)), Path, Nonce, Device, Key, 200, Body));

        (awake, full) = (awake + 1, full + 3600); // asleep
        Assert.True(signatures.Believes(LicenseProof.Parse(Header(1_003_660)), Path, Nonce, Device, Key, 200, Body));
        Assert.False(signatures.Believes(LicenseProof.Parse(Header(1_000_060)), Path, Nonce, Device, Key, 200, Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("kid=\"a\", alg=\"rsa-sha256\", t=\"1\"")]
    [InlineData("kid=\"a\", kid=\"a\", alg=\"rsa-sha256\", t=\"1\", sig=\"\"")]
    [InlineData("kid=a, alg=rsa-sha256, t=1, sig=b")]
    public void A_header_that_is_none_is_none(string header) => Assert.Null(LicenseProof.Parse(header));

    [Theory]
    [InlineData("rsa-sha1", "1000000000", "AAAA")]
    [InlineData("rsa-sha256", "-1000000000", "AAAA")]
    [InlineData("rsa-sha256", "1000000000000000000", "AAAA")]
    [InlineData("rsa-sha256", "1000000000", "no base64")]
    [InlineData("rsa-sha256", "1000000000", "AAAA")]
    public void What_is_no_signature_throws_nothing(string algorithm, string time, string signature)
    {
        using var signatures = Signatures();
        Assert.False(signatures.Believes(new LicenseProof(Kid(rsa), algorithm, time, signature), Path, Nonce, Device, Key, 200, Body));
    }

    [Fact]
    public void A_key_that_is_none_is_refused_when_the_session_is_made()
    {
        var der = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
        foreach (var wrong in new[] { "", "abc", $"0123456789abcdef:{der}", der, $"{Kid(rsa)}:AAAA" })
            Assert.Throws<ArgumentException>(() => new LicenseSession("https://portal.example.com", "key", new LicenseOptions { Keys = [wrong] }));
        // A setting that came to nothing must not turn the signatures off.
        Assert.Throws<ArgumentException>(() => new LicenseSession("https://portal.example.com", "key", new LicenseOptions { Keys = [] }));
    }

    [Fact]
    public void Framework_reads_the_key_as_newer_ones_do()
    {
        var read = LicenseKeyReader.Parse(rsa.ExportSubjectPublicKeyInfo());
        var known = rsa.ExportParameters(includePrivateParameters: false);

        Assert.Equal(known.Modulus, read.Modulus);
        Assert.Equal(known.Exponent, read.Exponent);
    }

    [Fact]
    public void Framework_reads_no_other_encoding()
    {
        var der = rsa.ExportSubjectPublicKeyInfo();
        Assert.Throws<CryptographicException>(() => LicenseKeyReader.Parse([.. der, 0]));
        for (var length = 0; length < 40; length++) Assert.Throws<CryptographicException>(() => LicenseKeyReader.Parse(der[..length]));
        foreach (var at in new[] { 0, 4, 6, 19, 24, 28 })
        {
            var changed = (byte[])der.Clone();
            changed[at] ^= 0x40;
            Assert.Throws<CryptographicException>(() => LicenseKeyReader.Parse(changed));
        }
    }

    [Fact]
    public void Each_request_has_a_nonce_of_its_own()
    {
        var nonces = Enumerable.Range(0, 50).Select(_ => LicenseSignatures.NewNonce()).ToList();
        Assert.Distinct(nonces);
        Assert.All(nonces, nonce => Assert.Matches("^[A-Za-z0-9_-]{32}$", nonce));
    }

    private static string Kid(RSA key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];

    private static string Text(RSA key) => $"{Kid(key)}:{Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}";

    private LicenseSignatures Signatures() => new([Text(rsa)]) { Wall = () => wall, Awake = () => awake, Full = () => full };

    private string Header(double at)
    {
        var time = ((long)(at * 1000)).ToString(CultureInfo.InvariantCulture);
        var hash = (byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
        var lines = string.Join('\n', "portal-1", Path, Nonce, Device, time, hash(Encoding.UTF8.GetBytes(Key)), "200", hash(Body));
        var signature = rsa.SignData(Encoding.UTF8.GetBytes(lines), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"kid=\"{Kid(rsa)}\", alg=\"rsa-sha256\", t=\"{time}\", sig=\"{Convert.ToBase64String(signature)}\"";
    }
}
