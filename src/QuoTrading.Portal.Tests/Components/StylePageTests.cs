using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Pages.Style;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed partial class StylePageTests
{
    private const string Email = "viewer@example.com", Password = "correct horse battery";

    [Fact]
    public async Task In_development_it_shows_every_name_that_the_styles_have()
    {
        var (status, html) = await OpenAsync("Development", "/style");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("<h1>Style</h1>", html, StringComparison.Ordinal);
        foreach (var name in Named()) Assert.Contains($"var(--{name})", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_it_is_a_page_that_there_is_not()
    {
        var (status, html) = await OpenAsync("Production", "/style");
        var (nowhere, other) = await OpenAsync("Production", "/no-such-page");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (status, nowhere));
        Assert.Contains("<h1>There is no such page</h1>", html, StringComparison.Ordinal);
        Assert.Equal(Body().Match(other).Value, Body().Match(html).Value);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_sent_to_sign_in_first()
    {
        await using var portal = await PortalServer.StartAsync();
        using var stranger = new Browser(portal.Address);
        using var answer = await stranger.OpenAsync("/style");
        Assert.Equal("/sign-in", answer.Headers.Location!.AbsolutePath);
    }

    [Fact]
    public void Its_list_of_names_is_that_of_the_styles() => Assert.Equal(
        Named().Order(StringComparer.Ordinal),
        DesignTokens.Surfaces.Concat(DesignTokens.Gaps).Select(token => token.Name)
            .Concat(DesignTokens.Pairs.SelectMany(token => new[] { token.Name, token.Under })).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Named() =>
        Token().Matches(File.ReadAllText(Path.Combine(Repository.Root, "wwwroot", "portal.css"))).Select(match => match.Groups["name"].Value);

    private static async Task<(HttpStatusCode Status, string Html)> OpenAsync(string environment, string path)
    {
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["environment"] = environment });
        await using (var scope = portal.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, Email, Password, PortalRole.Viewer));
        using var browser = new Browser(portal.Address);
        (await browser.SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", Password))).Dispose();
        using var answer = await browser.OpenAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A colour of both themes, or a distance.</summary>
    [GeneratedRegex("--(?<name>[a-z0-9-]+): (light-dark\\(#|[.0-9]+rem)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Token();

    [GeneratedRegex("<main.*</main>", RegexOptions.Singleline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Body();
}
