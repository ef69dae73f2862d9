using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>What a right password leads to where two-step sign-in is on.</summary>
public sealed class SecondStepPage(IPage page) : PortalPage(page)
{
    /// <summary>Has the focus when the page arrives: people type at once.</summary>
    public ILocator Code => Browser.Locator("#code");

    public static async Task<SecondStepPage> ArriveAsync(IPage page, string heading = "Enter your code")
    {
        var step = await new SecondStepPage(page).ArriveAsync(new SecondStepPage(page), heading);
        await Expect(step.Code).ToBeFocusedAsync();
        return step;
    }

    public async Task<SecondStepPage> UseRecoveryCodeAsync()
    {
        await Browser.GetByRole(AriaRole.Link, new() { Name = "Use a recovery code instead" }).ClickAsync();
        return await ArriveAsync(Browser, "Enter a recovery code");
    }

    /// <summary>Types it where the focus is, whatever comes of it.</summary>
    public async Task SendAsync(string code)
    {
        await Browser.Keyboard.TypeAsync(code);
        await Browser.Keyboard.PressAsync("Enter");
    }
}
