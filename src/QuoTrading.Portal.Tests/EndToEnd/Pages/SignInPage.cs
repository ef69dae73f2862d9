using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class SignInPage(IPage page) : PortalPage(page)
{
    public static async Task<SignInPage> OpenAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        return await ArriveAsync(page);
    }

    public static Task<SignInPage> ArriveAsync(IPage page)
    {
        var signIn = new SignInPage(page);
        return signIn.ArriveAsync(signIn, "Sign in");
    }

    public async Task<OverviewPage> SignInAsync(string email, string password)
    {
        await SendAsync(email, password);
        return await OverviewPage.ArriveAsync(Browser);
    }

    /// <summary>Expects to be refused.</summary>
    public async Task FailAsync(string email, string password)
    {
        // Each answer is a page of its own: its alert, not that of the try before.
        await Browser.EvaluateAsync("document.querySelector('[role=alert].notice')?.remove()");
        await SendAsync(email, password);
        await Expect(Alert).ToContainTextAsync("That did not work.");
    }

    /// <summary>Sends the form, whatever comes of it.</summary>
    public async Task SendAsync(string email, string password)
    {
        await Browser.GetByLabel("E-mail address").FillAsync(email);
        await Browser.GetByLabel("Password").FillAsync(password);
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }
}
