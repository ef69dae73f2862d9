using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

/// <summary>Default deny: every route that is mapped, asked without a name and with tokens of all roles. A route that is new here is refused or listed.</summary>
public sealed partial class EveryRouteTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    /// <summary>What anybody may open; of all other pages and files the sign-in page is what he sees.</summary>
    private static readonly string[] Open =
    [
        "/health/live", "/health/ready", "/health", "/healthz", "/ping", "/sign-in", "/sign-in/code", "/sign-in/recovery-code", "/setup", "/set-password", "/no-access", "/error", "/not-found", "/api/admin/force-clear-session",
        "/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear", "/api/session/stream", "/api/hello", "/api/{**rest}",
    ];

    /// <summary>Who may do what changes something; all other endpoints for scripts are read by a Viewer.</summary>
    private static readonly Dictionary<string, PortalRole> Needed = new(StringComparer.Ordinal)
    {
        ["POST /api/admin/sessions/{id}/logout"] = PortalRole.Support,
        ["PUT /api/admin/settings"] = PortalRole.Administrator,
        ["GET /api/admin/audit"] = PortalRole.Administrator,
        ["POST /api/admin/licenses"] = PortalRole.Administrator,
        ["PATCH /api/admin/licenses/{id}"] = PortalRole.Administrator,
        ["DELETE /api/admin/licenses/{id}"] = PortalRole.Administrator,
        ["POST /api/admin/licenses/{id}/key"] = PortalRole.Administrator,
        ["POST /api/admin/licenses/{id}/cancel"] = PortalRole.Administrator,
        ["POST /api/admin/licenses/{id}/suspend"] = PortalRole.Support,
        ["POST /api/admin/licenses/{id}/reactivate"] = PortalRole.Support,
        ["POST /api/admin/licenses/{id}/extend"] = PortalRole.Support,
        ["POST /api/admin/licenses/{id}/devices/{device}/keep-out"] = PortalRole.Support,
        ["POST /api/admin/licenses/{id}/devices/{device}/let-in"] = PortalRole.Support,
        ["POST /api/admin/licenses/bulk"] = PortalRole.Support,
    };

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Without_a_name_nothing_is_open_but_what_is_listed()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
        // As a browser asks: whoever does not want HTML is sent nowhere.
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var wrong = new List<string>();
        foreach (var (verb, path) in Routes().Where(route => !Open.Contains(route.Path, StringComparer.Ordinal)))
        {
            using var answer = await AskAsync(http, verb, path);
            var refused = path.StartsWith("/api/", StringComparison.Ordinal)
                ? answer.StatusCode == HttpStatusCode.Unauthorized
                : answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains("/sign-in", StringComparison.Ordinal);
            if (!refused) wrong.Add($"{verb} {path} {(int)answer.StatusCode}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Who_posts_and_does_not_ask_for_html_is_redirected_nowhere()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
        var wrong = new List<string>();
        foreach (var (verb, path) in Routes().Where(route => route.Verb == "POST"))
        {
            using var answer = await AskAsync(http, verb, path);
            if ((int)answer.StatusCode is >= 300 and < 400) wrong.Add($"{verb} {path} {(int)answer.StatusCode}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_token_may_do_what_its_role_may_and_no_more()
    {
        var routes = Routes().Where(route => route.Path.StartsWith("/api/admin/", StringComparison.Ordinal) && !Open.Contains(route.Path, StringComparer.Ordinal) && !route.Path.Contains("**", StringComparison.Ordinal)).ToList();
        Assert.Empty(Needed.Keys.Except(routes.Select(route => $"{route.Verb} {route.Path}"), StringComparer.Ordinal));
        var wrong = new List<string>();
        foreach (var role in Enum.GetValues<PortalRole>())
        {
            using var script = await Portal.CreateScriptAsync(role);
            foreach (var (verb, path) in routes)
            {
                using var answer = await AskAsync(script, verb, path);
                var may = role >= Needed.GetValueOrDefault($"{verb} {path}", PortalRole.Viewer);
                // What is asked is about nothing there is, so who may is told so; nobody is told of an error of ours.
                if (may == (answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) || (int)answer.StatusCode >= 500) wrong.Add($"{role} {verb} {path} {(int)answer.StatusCode}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_token_opens_no_page_and_no_file_of_people()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
        using var script = await Portal.CreateScriptAsync(PortalRole.Administrator);
        http.DefaultRequestHeaders.Authorization = script.DefaultRequestHeaders.Authorization;
        foreach (var path in new[] { "/", "/licenses", "/people", "/system", "/authors", "/authors/quotrading_license.py", "/export/history.csv", "/export/activity.csv", "/export/audit.csv" })
        {
            using var answer = await AskAsync(http, "GET", path);
            Assert.Equal((path, HttpStatusCode.Redirect), (path, answer.StatusCode));
        }
    }

    // Files of the framework and of styles have no name of a person in them, and are wanted by the sign-in page.
    private List<(string Verb, string Path)> Routes() =>
        [.. Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.All(data => data.GetType().Name is not ("StaticAssetDescriptor" or "HubMetadata")) && !endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith('_'))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(verb => (verb, "/" + Constraint().Replace(endpoint.RoutePattern.RawText!, "}").TrimStart('/'))))
            .Distinct()];

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string verb, string path)
    {
        var nowhere = path.Replace("{**rest}", "x", StringComparison.Ordinal).Replace("{device}", "x", StringComparison.Ordinal)
            .Replace("/sessions/{id}", $"/sessions/{Guid.Empty}", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(verb), Parameter().Replace(nowhere, "999999999"));
        if (verb != "GET") request.Content = new StringContent("{}");
        return await http.SendAsync(request);
    }

    [GeneratedRegex(":[a-z]+}", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Constraint();

    [GeneratedRegex("{[^}]*}", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Parameter();
}
