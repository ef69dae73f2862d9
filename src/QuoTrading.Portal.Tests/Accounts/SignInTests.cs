using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Email = "owner@example.com", Password = "correct horse battery";

    private PortalServer server = null!;
    private Browser browser = null!;

    private string SetupPage => $"/setup?code={server.Services.GetRequiredService<SetupCode>().Text}";

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        browser = new Browser(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/online")]
    [InlineData("/settings")]
    [InlineData("/account")]
    [InlineData("/no-such-page")]
    [InlineData("/_blazor")]
    public async Task Without_signing_in_everything_leads_to_sign_in(string path)
    {
        var answer = await browser.OpenAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/sign-in", answer.Headers.Location!.AbsolutePath);
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup?code=")]
    [InlineData("/setup?code=wrong")]
    public async Task Set_up_needs_the_code(string path)
    {
        var answer = await browser.OpenAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain("password", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task After_set_up_the_administrator_is_signed_in_and_the_link_is_closed_for_good()
    {
        using var other = new Browser(server.Address);
        var answer = await SetUpAsync(browser);
        Assert.Equal("/", Path(answer));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/")).StatusCode);

        var closed = await other.OpenAsync(SetupPage);
        Assert.EndsWith("/sign-in", closed.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere()
    {
        var cookie = Assert.Single((await SetUpAsync(browser)).Headers.GetValues("Set-Cookie"), text => text.StartsWith("portal.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_lock_out_look_the_same()
    {
        await SetUpAsync(browser);
        var unknown = await RefusedAsync("nobody@example.com", Password);
        for (var failure = 0; failure < SignInService.FailuresUntilLockOut; failure++) Assert.Equal(unknown, await RefusedAsync(Email, "wrong password"));
        Assert.Equal(unknown, await RefusedAsync(Email, Password));
    }

    [Fact]
    public async Task Failures_that_come_together_all_count_and_are_all_audited()
    {
        await SetUpAsync(browser);
        await Task.WhenAll(Enumerable.Range(0, SignInService.FailuresUntilLockOut).Select(_ => RefusedAsync(Email, "wrong password")));
        await RefusedAsync(Email, Password);

        await using var db = await server.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        Assert.Equal(SignInService.FailuresUntilLockOut + 1, await db.AuditEntries.CountAsync(entry => entry.Action == "account.sign_in_failed"));
    }

    [Theory]
    [InlineData("/%E3%80%80")]
    [InlineData("/\u3000")]
    public async Task A_wanted_page_that_no_header_can_name_is_forgotten(string wanted)
    {
        using var other = new Browser(server.Address);
        await SetUpAsync(browser);
        var answer = await other.SubmitAsync("/sign-in?ReturnUrl=" + Uri.EscapeDataString(wanted), "sign-in", ("Email", Email), ("Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("error", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signs_in_goes_where_he_wanted_but_not_to_another_site()
    {
        using var other = new Browser(server.Address);
        await SetUpAsync(browser);
        var home = await other.SubmitAsync("/sign-in?ReturnUrl=%2Fsettings", "sign-in", ("Email", Email), ("Password", Password));
        Assert.Equal("/settings", Path(home));
        using var another = new Browser(server.Address);
        var away = await another.SubmitAsync("/sign-in?ReturnUrl=%2F%2Fevil.example", "sign-in", ("Email", Email), ("Password", Password));
        Assert.Equal("/", Path(away));
    }

    [Fact]
    public async Task Who_wanted_no_page_in_particular_sees_the_overview()
    {
        using var other = new Browser(server.Address);
        await SetUpAsync(browser);
        Assert.Equal("/", Path(await other.SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", Password))));
        Assert.Equal("/", Path(await other.OpenAsync("/sign-in")));
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        using var other = new Browser(server.Address);
        await SetUpAsync(browser);
        await browser.SubmitAsync("/account", "password", ("Current", Password), ("Wanted", "another long password"), ("Again", "another long password"));
        await RefusedAsync(Email, Password);
        var answer = await other.SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "another long password"));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task What_people_do_with_their_accounts_is_audited()
    {
        await SetUpAsync(browser);
        await RefusedAsync(Email, "wrong password");
        await browser.SubmitAsync("/account", "password", ("Current", Password), ("Wanted", "another long password"), ("Again", "another long password"));

        await using var db = await server.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        Assert.Equal(["account.setup", "account.sign_in", "account.sign_in_failed", "account.password_change"],
            await db.AuditEntries.OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync());
    }

    [Fact]
    public async Task Signing_out_needs_the_form_of_the_page()
    {
        await SetUpAsync(browser);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/sign-out")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/online")).StatusCode);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/setup?code=wrong")]
    public async Task Pages_forbid_scripts_of_others_and_eval(string path)
    {
        var answer = await browser.OpenAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("://", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task After_signing_out_the_browser_is_nobody()
    {
        await SetUpAsync(browser);
        await browser.SignOutAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/online")).StatusCode);
    }

    private static string Path(HttpResponseMessage redirect) => new Uri(new Uri("http://elsewhere.example"), redirect.Headers.Location!).PathAndQuery;

    private Task<HttpResponseMessage> SetUpAsync(Browser who) =>
        who.SubmitAsync(SetupPage, "setup", ("Email", Email), ("Password", Password), ("Again", Password));

    private async Task<string> RefusedAsync(string email, string password)
    {
        using var other = new Browser(server.Address);
        var answer = await other.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", password));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        var from = html.IndexOf("role=\"alert\"", StringComparison.Ordinal);
        return html[from..html.IndexOf("</p>", from, StringComparison.Ordinal)];
    }
}
