using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, Tolerance at the door: what reached other servers from the field.</summary>
public sealed class DoorTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("/")]
    [InlineData("///")]
    public async Task Repeated_slashes_count_as_one(string more)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        foreach (var path in new[] { $"{more}/api/main", $"/api{more}/validate-license", $"{more}/api{more}/heartbeat", $"/api{more}/session{more}/release{more}" })
        {
            using var body = JsonContent.Create(new { license_key = a.Key, device_fingerprint = a.Fingerprint });
            using var answer = await Portal.Http.PostAsync(new Uri(Portal.Address.GetLeftPart(UriPartial.Authority) + path), body);
            Assert.Equal((path, 200), (path, (int)answer.StatusCode));
        }

        using var html = await AskAsync(HttpMethod.Get, more + "/sign-in", "text/html");
        Assert.Equal(200, (int)html.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/foo")]
    [InlineData("POST", "/")]
    [InlineData("POST", "/heartbeat")]
    [InlineData("POST", "/sign-in")]
    [InlineData("POST", "/licenses")]
    [InlineData("POST", "/sign-out")]
    [InlineData("POST", "/not-found")]
    [InlineData("PUT", "/licenses")]
    [InlineData("OPTIONS", "/foo")]
    [InlineData("GET", "/foo")]
    [InlineData("HEAD", "/foo")]
    [InlineData("GET", "/app.css.map")]
    public async Task Who_does_not_ask_for_html_gets_a_404_and_no_redirect(string method, string path)
    {
        foreach (var accept in new[] { null, "*/*", "application/json" })
        {
            using var answer = await AskAsync(new HttpMethod(method), path, accept);
            Assert.Equal((404, null), ((int)answer.StatusCode, answer.Headers.Location));
            Assert.Equal("", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("POST", "/foo")]
    [InlineData("GET", "/foo")]
    [InlineData("GET", "/licenses")]
    public async Task A_browser_is_sent_to_the_sign_in_page_as_before(string method, string path)
    {
        using var answer = await AskAsync(new HttpMethod(method), path, "text/html,*/*;q=0.8");
        Assert.Equal((302, "/sign-in"), ((int)answer.StatusCode, answer.Headers.Location!.AbsolutePath));
    }

    [Fact]
    public async Task A_browsers_forms_are_read_as_before()
    {
        using var browser = new Browser(Portal.Address);
        using var answer = await browser.SubmitAsync("/sign-in", "sign-in", ("Email", "nobody@example.com"), ("Password", "wrong horse battery"));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task No_other_method_is_answered_by_a_redirect_anywhere(string method)
    {
        foreach (var path in new[] { "/_blazor/negotiate", "/_blazor", "/licenses/export.csv", "/system/backup", "/health/live", "/api/openapi.json", "/app.css" })
        {
            using var answer = await AskAsync(new HttpMethod(method), path, "*/*");
            Assert.True((int)answer.StatusCode is < 300 or >= 400, $"{path}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/api/hello")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health")]
    [InlineData("/healthz")]
    [InlineData("/ping")]
    public async Task Head_works_where_get_does(string path)
    {
        using var get = await AskAsync(HttpMethod.Get, path, null);
        using var head = await AskAsync(HttpMethod.Head, path, null);
        Assert.Equal((200, 200), ((int)get.StatusCode, (int)head.StatusCode));
        Assert.NotEqual("", await get.Content.ReadAsStringAsync());
        Assert.Equal("", await head.Content.ReadAsStringAsync());
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/healthz")]
    [InlineData("/ping")]
    public async Task Liveness_has_its_usual_names(string path) => Assert.Equal("Healthy", await Portal.Http.GetStringAsync(new Uri(path, UriKind.Relative)));

    [Theory]
    [InlineData(257 * 1024, true)]
    [InlineData(257 * 1024, false)]
    [InlineData(5 * 1024 * 1024, true)]
    [InlineData(5 * 1024 * 1024, false)]
    [InlineData(40 * 1024 * 1024, true)]
    [InlineData(40 * 1024 * 1024, false)]
    public async Task A_body_that_is_too_large_is_a_413_and_no_error_of_the_servers(int bytes, bool chunked)
    {
        await using var portal = await PortalServer.StartAsync();
        var text = $$"""{"license_key": "k", "device_fingerprint": "d", "other": "{{new string('x', bytes)}}"}""";
        foreach (var path in new[] { "/api/heartbeat", "/api/main", "/api/session/stream" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
            request.Headers.TransferEncodingChunked = chunked;
            try
            {
                using var response = await portal.Http.SendAsync(request);
                var answer = await Answered.ReadAsync(response);
                Assert.Equal((413, "body_too_large"), (answer.Status, answer.Get("code")));
            }
            catch (HttpRequestException) when (bytes > 30_000_000)
            {
                // So much more is not listened to: the connection may be gone before the answer is read.
            }
        }

        Assert.Equal(401, (await portal.PostAsync("/api/validate-license", new { license_key = "k", device_fingerprint = "d" })).Status);
        await Task.Delay(200);
        Assert.Empty(portal.Logs.Of(LogLevel.Warning));
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string? accept)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(method, Portal.Address.GetLeftPart(UriPartial.Authority) + path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await http.SendAsync(request);
    }
}
