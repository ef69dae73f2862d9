using System.Net.Http.Json;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>Whose word counts for where a request came from.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task Without_known_proxies_nobodys_word_counts() => Assert.Equal("127.0.0.1", await AddressAsync(null, "203.0.113.7"));

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "2001:db8::7", "2001:db8::7")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "not an address", "127.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.7", "127.0.0.1")]
    public async Task The_word_of_a_known_proxy_counts_and_only_as_far_as_it_saw_itself(string proxy, string forwardedFor, string address) =>
        Assert.Equal(address, await AddressAsync(proxy, forwardedFor));

    [Fact]
    public async Task Bots_behind_one_proxy_with_different_addresses_share_no_seat()
    {
        await using var portal = await StartAsync("127.0.0.1");
        var (key, machine) = (await portal.CreateKeyAsync(), Machine.Create());

        Assert.NotNull((await StartAsync(portal, key, machine, "MES", "203.0.113.7")).Get("session_id"));
        Assert.Equal("session_conflict", (await StartAsync(portal, key, Machine.Create(), "MNQ", "203.0.114.7")).Get("code"));
        Assert.NotNull((await StartAsync(portal, key, machine, "MNQ", "203.0.113.7")).Get("session_id"));
    }

    private static Task<PortalServer> StartAsync(string? proxy)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (proxy is not null) settings["Portal:KnownProxies:0"] = proxy;
        return PortalServer.StartAsync(settings);
    }

    private static async Task<string> AddressAsync(string? proxy, string forwardedFor)
    {
        await using var portal = await StartAsync(proxy);
        Assert.NotNull((await StartAsync(portal, await portal.CreateKeyAsync(), Machine.Create(), "MES", forwardedFor)).Get("session_id"));
        using var script = await portal.CreateScriptAsync(PortalRole.Viewer);
        using var list = await script.GetAsync(new Uri("/api/admin/sessions", UriKind.Relative));
        return Assert.Single((await Answered.ReadAsync(list)).Json["sessions"]!.AsArray())!["address"]!.GetValue<string>();
    }

    private static async Task<Answered> StartAsync(PortalServer portal, string key, Machine machine, string symbol, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/validate-license")
        {
            Content = JsonContent.Create(new { license_key = key, device_fingerprint = machine.FingerprintFor(symbol), symbol }),
        };
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        using var response = await portal.Http.SendAsync(request);
        return await Answered.ReadAsync(response);
    }
}
