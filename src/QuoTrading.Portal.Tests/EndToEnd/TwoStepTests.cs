using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class TwoStepTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Email = "support-0@example.com";

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 740)]
    public async Task Somebody_turns_it_on_and_signs_in_with_a_code_and_with_a_recovery_code(int width, int height)
    {
        var account = await OpenAccountAsync(PortalRole.Support, width, height);
        var setUp = await account.SetUpTwoStepAsync();
        var app = await setUp.AddToAppAsync();
        await setUp.SendAsync(Password, app.WrongAt(Now));
        await Expect(setUp.Alert).ToContainTextAsync("This is not what the app shows");
        Assert.Equal(app, await setUp.AddToAppAsync());
        var codes = await setUp.TurnOnAsync(Password, app.CodeAt(Now));
        account = await setUp.LeaveAsync();
        await Expect(account.TwoStep).ToContainTextAsync("You have 10 recovery codes left.");

        var step = await ToSecondStepAsync(account, "/settings");
        await step.SendAsync(app.WrongAt(Now));
        await Expect(step.Alert).ToContainTextAsync("That did not work.");
        await Expect(step.Code).ToBeFocusedAsync();
        // The step of the first code is used up; a phone may be one ahead.
        await step.SendAsync(app.CodeAt(Now, stepsLater: 1).Insert(3, " "));
        var settings = await SettingsPage.ArriveAsync(step.Browser);

        step = await ToSecondStepAsync(settings, "/account");
        step = await step.UseRecoveryCodeAsync();
        await step.SendAsync(codes[4]);
        account = await AccountPage.ArriveAsync(step.Browser);
        await Expect(account.TwoStep).ToContainTextAsync("You have 9 recovery codes left.");
    }

    [Fact]
    public async Task New_recovery_codes_replace_the_old_ones_and_one_turns_it_off()
    {
        var account = await OpenAccountAsync(PortalRole.Support);
        await TurnOnAsync(account);
        await account.Browser.GetByRole(AriaRole.Link, new() { Name = "Make new recovery codes" }).ClickAsync();
        await account.Browser.GetByLabel("Current password").FillAsync(Password);
        await account.Browser.GetByRole(AriaRole.Button, new() { Name = "Replace my recovery codes" }).ClickAsync();
        var page = new TwoStepPage(account.Browser);
        await Expect(page.RecoveryCodes).ToHaveCountAsync(10);
        var codes = await page.RecoveryCodes.AllInnerTextsAsync();
        account = await page.LeaveAsync();

        await account.Browser.GetByRole(AriaRole.Link, new() { Name = "Turn two-step sign-in off" }).ClickAsync();
        await account.Browser.GetByLabel("Current password").FillAsync(Password);
        await account.Browser.GetByLabel("Code from the app, or a recovery code").FillAsync(codes[0]);
        await account.Browser.GetByRole(AriaRole.Button, new() { Name = "Turn two-step sign-in off" }).ClickAsync();
        account = await AccountPage.ArriveAsync(account.Browser);
        await Expect(account.TwoStep).ToContainTextAsync("Off");
        var signIn = await account.SignOutAsync();
        await signIn.SignInAsync(Email, Password);
    }

    [Fact]
    public async Task An_administrator_resets_it_for_who_lost_the_phone()
    {
        var account = await OpenAccountAsync(PortalRole.Support);
        await TurnOnAsync(account);
        var people = await (await SignInAsync()).GoToPeopleAsync();
        await Expect(people.Row(Email)).ToContainTextAsync("Two-step sign-in");
        await Expect(people.Row("administrator-1@example.com")).Not.ToContainTextAsync("two-step", new() { IgnoreCase = true });
        await people.DoAsync(Email, "Reset two-step sign-in", "Let the password alone sign in");
        await Expect(people.Row(Email)).Not.ToContainTextAsync("two-step", new() { IgnoreCase = true });
        await (await SignInPage.OpenAsync(await OpenBrowserAsync())).SignInAsync(Email, Password);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private async Task<AccountPage> OpenAccountAsync(PortalRole role, int width = 1280, int height = 800)
    {
        var online = await SignInAsync(role, width, height);
        await online.Browser.GotoAsync("/account");
        return await AccountPage.ArriveAsync(online.Browser);
    }

    private static async Task<AuthenticatorApp> TurnOnAsync(AccountPage account)
    {
        var setUp = await account.SetUpTwoStepAsync();
        var app = await setUp.AddToAppAsync();
        await setUp.TurnOnAsync(Password, app.CodeAt(Now));
        await setUp.LeaveAsync();
        return app;
    }

    /// <summary>Signs out, asks for a page, and gives the password.</summary>
    private static async Task<SecondStepPage> ToSecondStepAsync(PortalPage page, string wanted)
    {
        var signIn = await page.SignOutAsync();
        await signIn.Browser.GotoAsync(wanted);
        signIn = await SignInPage.ArriveAsync(signIn.Browser);
        await signIn.SendAsync(Email, Password);
        return await SecondStepPage.ArriveAsync(signIn.Browser);
    }
}
