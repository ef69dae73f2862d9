using Microsoft.Playwright;
using QuoTrading.Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>Where two-step sign-in is turned on.</summary>
public sealed class TwoStepPage(IPage page) : PortalPage(page)
{
    public static Task<TwoStepPage> ArriveAsync(IPage page)
    {
        var setUp = new TwoStepPage(page);
        return setUp.ArriveAsync(setUp, "Set up two-step sign-in");
    }

    public ILocator Picture => Browser.GetByRole(AriaRole.Img, new() { Name = "QR code with the key below" });

    public ILocator RecoveryCodes => Browser.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem);

    /// <summary>The app into which somebody types the key that the page shows.</summary>
    public async Task<AuthenticatorApp> AddToAppAsync()
    {
        await Expect(Picture).ToBeVisibleAsync();
        return new AuthenticatorApp(await Browser.Locator("[data-key]").InnerTextAsync());
    }

    public async Task SendAsync(string password, string code)
    {
        await Browser.GetByLabel("Current password").FillAsync(password);
        await Browser.GetByLabel("Six-digit code").FillAsync(code);
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Turn two-step sign-in on" }).ClickAsync();
    }

    /// <returns>The recovery codes.</returns>
    public async Task<IReadOnlyList<string>> TurnOnAsync(string password, string code)
    {
        await SendAsync(password, code);
        await Expect(RecoveryCodes).ToHaveCountAsync(10);
        return await RecoveryCodes.AllInnerTextsAsync();
    }

    public async Task<AccountPage> LeaveAsync()
    {
        await Browser.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        return await AccountPage.ArriveAsync(Browser);
    }
}
