using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Http;

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

    [Theory]
    [InlineData("Portal:KnownProxies", "127.0.0.1")]
    [InlineData("Portal:KnownProxies", " 10.0.0.1, 127.0.0.0/8 ")]
    [InlineData("Portal:KnownProxies", "::1;127.0.0.1")]
    [InlineData("Portal:KnownProxies", "10.0.0.0/8 127.0.0.1")]
    [InlineData("Portal:KnownProxies:0", "10.0.0.1 127.0.0.1")]
    [InlineData("portal:knownproxies:7", "127.0.0.1")]
    public async Task Proxies_are_named_by_a_list_or_by_one_text(string setting, string value)
    {
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [setting] = value });
        Assert.Equal("203.0.113.7", await AddressOfAsync(portal, "203.0.113.7"));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-For", "no address")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    public async Task A_proxy_that_nobody_has_named_is_counted_and_told_for_an_hour_and_turns_nothing_red(string header, string value)
    {
        await using var portal = await StartAsync("10.0.0.1");
        using var meter = new MeterReading(portal.Services);
        for (var i = 0; i < 3; i++) await HelloAsync(portal, (header, value));

        Assert.Equal(3, meter.Sum("portal.proxy.unknown"));
        var warned = Assert.Single(portal.Logs.Of(LogLevel.Warning), line => line.Contains("Portal:KnownProxies", StringComparison.Ordinal));
        Assert.DoesNotContain("127.0.0.1", warned, StringComparison.Ordinal);

        var monitor = portal.Services.GetRequiredService<HealthMonitor>();
        await monitor.RunOnceAsync();
        var problem = Assert.Single(monitor.Problems, p => p.Check == "proxies");
        Assert.True(problem.IsWarning);
        foreach (var said in new[] { "at 127.0.0.1 ", "look like one address", "Portal__KnownProxies=127.0.0.1", "no proxy of yours" }) Assert.Contains(said, problem.Text, StringComparison.Ordinal);
        using (var script = await portal.CreateScriptAsync(PortalRole.Viewer))
        using (var system = await script.GetAsync(new Uri("/api/admin/system", UriKind.Relative)))
            Assert.Contains((await Answered.ReadAsync(system)).Json["problems"]!.AsArray(), p => p!["check"]!.GetValue<string>() == "proxies" && p["warning"]!.GetValue<bool>());
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))) Assert.Equal(200, (int)ready.StatusCode);

        portal.Time.Advance(TimeSpan.FromMinutes(59));
        await HelloAsync(portal, (header, value));
        Assert.Equal(2, portal.Logs.Of(LogLevel.Warning).Count(line => line.Contains("Portal:KnownProxies", StringComparison.Ordinal)));
        portal.Time.Advance(TimeSpan.FromMinutes(59));
        await monitor.RunOnceAsync();
        Assert.Contains(monitor.Problems, p => p.Check == "proxies");
        portal.Time.Advance(TimeSpan.FromMinutes(2));
        await monitor.RunOnceAsync();
        Assert.DoesNotContain(monitor.Problems, p => p.Check == "proxies");
    }

    [Fact]
    public async Task Of_a_known_proxy_and_of_who_is_none_nobody_says_a_word()
    {
        await using var portal = await StartAsync("127.0.0.1");
        using var meter = new MeterReading(portal.Services);
        await HelloAsync(portal);
        await HelloAsync(portal, ("X-Forwarded-For", "203.0.113.7"));
        await HelloAsync(portal, ("X-Forwarded-For", "198.51.100.1, 203.0.113.7"), ("Forwarded", "for=198.51.100.1"));
        await HelloAsync(portal, ("X-Forwarded-For", "no address"));

        Assert.Equal(0, meter.Sum("portal.proxy.unknown"));
        await portal.Services.GetRequiredService<HealthMonitor>().RunOnceAsync();
        Assert.DoesNotContain(portal.Services.GetRequiredService<HealthMonitor>().Problems, p => p.Check == "proxies");
    }

    private static async Task HelloAsync(PortalServer portal, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/hello");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await portal.Http.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
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
        return await AddressOfAsync(portal, forwardedFor);
    }

    private static async Task<string> AddressOfAsync(PortalServer portal, string forwardedFor)
    {
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
