using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class AccountTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task The_set_up_link_works_once()
    {
        var link = SetupPage.LinkOf(Portal);
        await (await SetupPage.OpenAsync(await OpenBrowserAsync(), link)).MakeAdministratorAsync("owner@example.com", Password);

        var other = await OpenBrowserAsync();
        await other.GotoAsync(link);
        await SignInPage.ArriveAsync(other);
    }

    [Fact]
    public async Task After_too_many_wrong_passwords_the_right_one_does_not_help()
    {
        var email = await CreatePersonAsync(PortalRole.Support);
        var signIn = await SignInPage.OpenAsync(await OpenBrowserAsync());
        for (var i = 0; i < SignInService.FailuresUntilLockOut; i++) await signIn.FailAsync(email, $"wrong password {i}");
        await signIn.FailAsync(email, Password);
        await Expect(signIn.Alert).ToContainTextAsync("locked for 5 minutes");
    }

    [Fact]
    public async Task Signing_out_closes_the_pages_and_signing_in_leads_back_to_where_one_wanted_to_go()
    {
        var online = await SignInAsync(PortalRole.Support);
        var signIn = await online.SignOutAsync();
        await signIn.Browser.GotoAsync("/settings");
        signIn = await SignInPage.ArriveAsync(signIn.Browser);
        await signIn.SendAsync("support-0@example.com", Password);
        await SettingsPage.ArriveAsync(signIn.Browser);
    }

    [Fact]
    public async Task A_changed_password_is_the_one_that_signs_in()
    {
        const string wanted = "staple the battery horse";
        var account = await (await SignInAsync(PortalRole.Viewer)).GoToAccountAsync();
        await account.ChangePasswordAsync("not my password", wanted);
        await Expect(account.Alert).ToContainTextAsync("The current password is wrong");
        await account.ChangePasswordAsync(Password, wanted);
        await Expect(account.Done).ToBeVisibleAsync();

        var signIn = await account.SignOutAsync();
        await signIn.FailAsync("viewer-0@example.com", Password);
        await signIn.SignInAsync("viewer-0@example.com", wanted);
    }

    [Fact]
    public async Task A_viewer_sees_everything_and_can_change_nothing()
    {
        var bot = await StartBotAsync();
        var online = await SignInAsync(PortalRole.Viewer);
        await Expect(online.Row(bot)).ToBeVisibleAsync();
        await Expect(online.Row(bot).Locator(".c-act button, input")).ToHaveCountAsync(0);

        var settings = await online.GoToSettingsAsync();
        await Expect(settings.Timeout).ToHaveValueAsync("90");
        await Expect(settings.Timeout).ToBeDisabledAsync();
        await Expect(settings.Save).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_chosen_colours_stay_on_the_next_visit()
    {
        var page = (await SignInAsync()).Browser;
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(16, 20, 24)");
        await OnlinePage.OpenAsync(page);
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(16, 20, 24)");
        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Dark" })).ToHaveAttributeAsync("aria-pressed", "true");
    }
}
