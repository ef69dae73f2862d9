using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>What is made of the fields of a client's request.</summary>
public sealed class ClientFieldTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task A_symbol_is_stored_upper_case_and_what_is_none_is_dropped_and_named()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();

        Assert.Null((await a.BeatAsync(("symbol", " es "))).Get("warnings"));
        Assert.Equal("ES", Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id).Symbol);

        var beat = await a.BeatAsync(("symbol", "ES\u200b"));
        Assert.Equal(200, beat.Status);
        Assert.StartsWith("symbol was ignored", Assert.Single(beat.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ES", Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id).Symbol);
    }

    [Fact]
    public async Task The_same_symbol_written_otherwise_is_a_conflict()
    {
        var license = await shared.Server.CreateLicenseAsync();
        Assert.Equal(200, (await new ClientDevice(shared.Server, license.Key, "a", "ES").StartAsync()).Status);

        foreach (var symbol in new[] { "es", " ES", "ES\u200b", "\u2060ES" })
            Assert.Equal("session_conflict", (await new ClientDevice(shared.Server, license.Key, "b", symbol).StartAsync()).Get("code"));
    }
}
