using System.Security.Claims;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Pages.Account;
using QuoTrading.Portal.Kernel;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class SetupLinkTests
{
    [Theory]
    [InlineData("http://[::]:5080", "http://localhost:5080/setup?code=abc")]
    [InlineData("http://0.0.0.0:5080", "http://localhost:5080/setup?code=abc")]
    [InlineData("http://127.0.0.1:5091", "http://localhost:5091/setup?code=abc")]
    [InlineData("http://+:80", "http://localhost/setup?code=abc")]
    [InlineData("https://portal.example:5443", "https://portal.example:5443/setup?code=abc")]
    [InlineData(null, "/setup?code=abc")]
    public void The_printed_link_can_be_opened_in_a_browser(string? listening, string link) => Assert.Equal(link, SetupAnnouncement.Link(listening, "abc"));

    [Fact]
    public void The_code_is_new_at_each_start_and_only_the_whole_of_it_matches()
    {
        var code = new SetupCode();
        Assert.NotEqual(code.Text, new SetupCode().Text);
        Assert.True(code.Text.Length >= 32);
        Assert.True(code.Matches(code.Text));
        Assert.False(code.Matches(code.Text[1..]));
        Assert.False(code.Matches(""));
        Assert.False(code.Matches(null));
    }

    [Theory]
    [InlineData("/online?q=a", "/online?q=a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("online", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Only_paths_of_this_site_are_returned_to(string? url, string expected) => Assert.Equal(expected, LocalUrl.Or(url, "/"));

    [Fact]
    public void A_principal_becomes_an_actor_of_its_highest_role()
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.Name, "a@example.com"), new(ClaimTypes.Role, "Viewer"), new(ClaimTypes.Role, "Support")], "test"));
        Assert.Equal(new Actor(ActorKind.Person, "a@example.com", PortalRole.Support, "192.0.2.1"), principal.ToActor("192.0.2.1"));
    }

    [Fact]
    public void Nobody_and_somebody_without_a_role_are_no_actors()
    {
        Assert.Throws<ForbiddenException>(() => new ClaimsPrincipal().ToActor(null));
        Assert.Throws<ForbiddenException>(() => new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "a@example.com")], "test")).ToActor(null));
    }
}
