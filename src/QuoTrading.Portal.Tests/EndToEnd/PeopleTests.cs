using Microsoft.Playwright;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class PeopleTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task Somebody_is_invited_chooses_a_password_signs_in_and_is_disabled()
    {
        var people = await (await SignInAsync()).GoToPeopleAsync();
        var link = await people.InviteAsync("helper@example.com", "Support");
        await Expect(people.Row("helper@example.com")).ToContainTextAsync("no password yet");

        var helper = await OpenBrowserAsync();
        await helper.GotoAsync(new Uri(link).PathAndQuery);
        await helper.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await helper.GetByLabel("Password once more").FillAsync(Password);
        await helper.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
        await Expect(helper.GetByText("Your password is set. Sign in with it.")).ToBeVisibleAsync();
        await Expect(helper.GetByLabel("E-mail address")).ToHaveValueAsync("helper@example.com");
        Assert.DoesNotContain("helper", helper.Url, StringComparison.Ordinal);
        var overview = await (await SignInPage.ArriveAsync(helper)).SignInAsync("helper@example.com", Password);
        await Expect(overview.Browser.GetByRole(AriaRole.Link, new() { Name = "People" })).ToHaveCountAsync(0);
        await helper.GotoAsync("/people");
        await Expect(helper.GetByRole(AriaRole.Heading, new() { Name = "Your role does not allow this" })).ToBeVisibleAsync();

        await people.Browser.ReloadAsync();
        await people.DoAsync("helper@example.com", "Disable", "Disable the account");
        await Expect(people.Row("helper@example.com")).ToContainTextAsync("Disabled");
        var again = await OpenBrowserAsync();
        await (await SignInPage.OpenAsync(again)).FailAsync("helper@example.com", Password);
    }

    [Fact]
    public async Task The_last_administrator_cannot_be_disabled()
    {
        var people = await (await SignInAsync()).GoToPeopleAsync();
        await people.DoAsync("administrator-0@example.com", "Disable", "Disable the account");
        await Expect(people.Notice).ToContainTextAsync("the last administrator");
        await Expect(people.Row("administrator-0@example.com")).ToContainTextAsync("Active");
    }

    [Fact]
    public async Task A_token_is_shown_once_works_and_is_revoked()
    {
        var people = await (await SignInAsync()).GoToPeopleAsync();
        var token = await people.MakeTokenAsync("reports");
        using var script = new HttpClient { BaseAddress = Portal.Address };
        script.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(200, (int)(await script.GetAsync(new Uri("/api/admin/sessions", UriKind.Relative))).StatusCode);

        await people.Browser.GetByRole(AriaRole.Button, new() { Name = "Revoke reports" }).ClickAsync();
        await people.Browser.GetByRole(AriaRole.Button, new() { Name = "Revoke the token" }).ClickAsync();
        await Expect(people.Browser.GetByText("There is none yet.")).ToBeVisibleAsync();
        Assert.Equal(401, (int)(await script.GetAsync(new Uri("/api/admin/sessions", UriKind.Relative))).StatusCode);
    }
}
