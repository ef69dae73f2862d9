using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class TokenDoorTests : IAsyncLifetime
{
    private static readonly Uri Settings = new("/api/admin/settings", UriKind.Relative);

    private PortalServer server = null!;

    public async ValueTask InitializeAsync() => server = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Without_a_token_a_script_gets_a_problem_and_no_redirect() =>
        await RefusedAsync(await server.Http.GetAsync(Settings), HttpStatusCode.Unauthorized, "token_missing");

    [Fact]
    public async Task A_wrong_token_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Settings);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "qtp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await RefusedAsync(await server.Http.SendAsync(request), HttpStatusCode.Unauthorized, "token_invalid");
    }

    [Fact]
    public async Task A_token_of_a_lower_role_is_refused()
    {
        using var viewer = await server.CreateScriptAsync(PortalRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync(Settings)).StatusCode);
        await RefusedAsync(await viewer.PutAsJsonAsync(Settings, new { session_timeout_seconds = 120 }), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task The_cookie_of_a_person_opens_no_endpoint_for_scripts()
    {
        using var browser = new Browser(server.Address);
        await browser.SubmitAsync($"/setup?code={server.Services.GetRequiredService<SetupCode>().Text}", "setup",
            ("Email", "owner@example.com"), ("Password", "correct horse battery"), ("Again", "correct horse battery"));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/online")).StatusCode);
        await RefusedAsync(await browser.OpenAsync("/api/admin/settings"), HttpStatusCode.Unauthorized, "token_missing");
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.GetValue<string>());
    }
}
