using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>Circuits are for the portal's own pages: no other page opens one with somebody's cookie.</summary>
public sealed class OwnOriginTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://portal.localhost:{port}")]
    [InlineData("http://localhost:{port}")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("127.0.0.1:{port}")]
    [InlineData("http://127.0.0.1:{port}, http://evil.example")]
    public async Task A_web_socket_from_another_origin_is_refused_although_it_has_the_cookie(string origin)
    {
        using var browser = await SignInAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync(browser, ("Origin", origin.Replace("{port}", $"{Portal.Address.Port}", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("same-site")]
    [InlineData("cross-site")]
    public async Task So_is_one_whose_browser_says_so(string site)
    {
        using var browser = await SignInAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync(browser, ("Origin", Own), ("Sec-Fetch-Site", site)));
        Assert.Equal(HttpStatusCode.Forbidden, await ConnectAsync(browser, ("Sec-Fetch-Site", site)));
    }

    [Fact]
    public async Task Our_own_pages_and_what_is_no_browser_are_let_in()
    {
        using var browser = await SignInAsync();
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ConnectAsync(browser, ("Origin", Own), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ConnectAsync(browser, ("Origin", Own)));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await ConnectAsync(browser));
    }

    [Theory]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor?id=x")]
    [InlineData("POST", "/_blazor?id=x")]
    [InlineData("POST", "/_blazor/disconnect")]
    [InlineData("POST", "//_blazor/negotiate?negotiateVersion=1")]
    [InlineData("POST", "/_BLAZOR/negotiate?negotiateVersion=1")]
    public async Task So_is_everything_else_of_a_circuit_with_a_plain_sentence(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Portal.Address.GetLeftPart(UriPartial.Authority) + path);
        request.Headers.TryAddWithoutValidation("Origin", "http://127.0.0.1:1");
        using var answer = await Portal.Http.SendAsync(request);
        Assert.Equal((403, "text/plain"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("This address is for the portal's own pages.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://portal.example.com", "portal.example.com", true)]
    [InlineData("https://portal.example.com", "portal.example.com:443", true)]
    [InlineData("https://PORTAL.example.com:443", "portal.example.com", true)]
    [InlineData("http://portal.example.com", "portal.example.com", true)]
    [InlineData("https://portal.example.com:8443", "portal.example.com:8443", true)]
    [InlineData("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", true)]
    [InlineData("https://bücher.example", "xn--bcher-kva.example", true)]
    [InlineData("https://portal.example.com:8443", "portal.example.com", false)]
    [InlineData("https://portal.example.com", "portal.example.com:8443", false)]
    [InlineData("http://portal.example.com", "portal.example.com:443", false)]
    [InlineData("https://shop.example.com", "portal.example.com", false)]
    [InlineData("https://portal.example.com.evil.example", "portal.example.com", false)]
    [InlineData("https://portal.example.com@evil.example", "portal.example.com", false)]
    [InlineData("ftp://portal.example.com", "portal.example.com", false)]
    [InlineData("", "portal.example.com", false)]
    [InlineData("null", "null", false)]
    public void Own_is_the_host_and_the_port_of_the_request(string origin, string host, bool isOwn)
    {
        var http = new DefaultHttpContext();
        http.Request.Host = new HostString(host);
        http.Request.Headers.Origin = origin;
        Assert.Equal(isOwn, OwnOrigin.IsOwn(http.Request));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/app.css")]
    [InlineData("/_framework/blazor.web.js")]
    public async Task Pages_and_assets_are_for_our_own_pages_alone(string path)
    {
        using var answer = await Portal.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    private string Own => Portal.Address.GetLeftPart(UriPartial.Authority);

    private async Task<Browser> SignInAsync()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        const string Password = "correct horse battery";
        await using (var scope = Portal.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, email, Password, PortalRole.Viewer));
        var browser = new Browser(Portal.Address);
        (await browser.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", Password))).Dispose();
        return browser;
    }

    private async Task<HttpStatusCode> ConnectAsync(Browser browser, params (string Name, string Value)[] headers)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", browser.Cookies);
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        try
        {
            await socket.ConnectAsync(new UriBuilder(Portal.Address) { Scheme = "ws", Path = "/_blazor" }.Uri, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            // Its status says why.
        }

        return socket.HttpStatusCode;
    }
}
