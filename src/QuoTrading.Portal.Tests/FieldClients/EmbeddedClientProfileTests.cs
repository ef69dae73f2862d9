using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>B27, B28: what the C# client keeps in the user's profile, and the Python client reads there.</summary>
public sealed class EmbeddedClientProfileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("profile-").FullName;
    private readonly List<string> log = [];

    private string File => Path.Combine(folder, "installation.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_first_fingerprint_stays_with_a_secret_for_the_user_alone()
    {
        var (fingerprint, install) = Open();
        var kept = Read();

        Assert.Equal((fingerprint, install), Open());
        Assert.Equal(fingerprint, DeviceFingerprint.OfThisComputer(folder));
        Assert.Matches("^[0-9a-f]{16}$", fingerprint);
        Assert.Equal((1, fingerprint), ((int)kept["version"]!, (string)kept["fingerprint"]!));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(install, Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString((string)kept["secret"]!))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    [Fact]
    public void What_another_version_wrote_is_completed_and_left()
    {
        System.IO.File.WriteAllText(File, """{"version": 2, "fingerprint": "of-another", "colour": "blue"}""");

        var (fingerprint, install) = Open();

        Assert.Equal("of-another", fingerprint);
        Assert.NotNull(install);
        Assert.Equal((2, "blue"), ((int)Read()["version"]!, (string)Read()["colour"]!));
        Assert.Equal((fingerprint, install), Open());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\": 1, \"fing")]
    [InlineData("[]")]
    public void One_that_is_broken_is_set_aside_and_said(string broken)
    {
        System.IO.File.WriteAllText(File, broken);

        var (fingerprint, install) = Open();

        Assert.Equal((fingerprint, install), Open());
        Assert.NotNull(install);
        Assert.Equal(broken, System.IO.File.ReadAllText(Assert.Single(Directory.GetFiles(folder, "*.broken-*"))));
        Assert.Contains("installation.json", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_start_at_once_have_the_same()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new LicenseProfile(folder, _ => { }).Open())));

        Assert.Single(all.Distinct());
        Assert.NotNull(all[0].Install);
    }

    [Fact]
    public void Where_nothing_can_be_written_the_program_goes_on_without()
    {
        System.IO.File.WriteAllText(File, "");
        var profile = new LicenseProfile(Path.Combine(File, "under-a-file"), log.Add);

        var (fingerprint, install) = profile.Open();

        Assert.Equal(DeviceFingerprint.Compute(), fingerprint);
        Assert.Null(install);
        Assert.NotEmpty(log);
    }

    [Fact]
    public void One_program_holds_a_license_of_an_app_at_a_time()
    {
        var (mine, yours) = (new LicenseProfile(folder, log.Add), new LicenseProfile(folder, log.Add));

        Assert.True(mine.TryHold("key", "bot", out var held));
        Assert.False(yours.TryHold("key", "bot", out _));
        Assert.True(yours.TryHold("key", "launcher", out var other));
        held!.Dispose();
        Assert.True(yours.TryHold("key", "bot", out var again));

        other!.Dispose();
        again!.Dispose();
        Assert.All(Directory.GetFiles(folder), file => Assert.Matches("^[0-9a-f]{16}\\.lock$", Path.GetFileName(file)));
    }

    [Fact]
    public void The_address_that_its_maker_gave_comes_first_then_the_lowest_number()
    {
        byte[] zero = new byte[6], local = [0x02, 0x42, 0, 0, 0, 1], second = [0x00, 0x1B, 0x21, 0, 0, 2], first = [0x00, 0x1B, 0x21, 0, 0, 3];

        Assert.Equal("116517765123", DeviceFingerprint.Choose([(1, zero), (2, local), (5, second), (3, first)]));
        Assert.Equal("2482491097089", DeviceFingerprint.Choose([(1, zero), (2, local), (3, [1, 2, 3])]));
        Assert.Null(DeviceFingerprint.Choose([(1, zero)]));
    }

    private (string Fingerprint, string? Install) Open() => new LicenseProfile(folder, log.Add).Open();

    private JsonObject Read() => JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
}
