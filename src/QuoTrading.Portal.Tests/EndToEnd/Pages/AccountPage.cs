using Microsoft.Playwright;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class AccountPage(IPage page) : PortalPage(page)
{
    public ILocator Done => Browser.GetByRole(AriaRole.Status).Filter(new() { HasText = "The password is changed." });

    public ILocator TwoStep => Browser.GetByRole(AriaRole.Region, new() { Name = "Two-step sign-in" });

    public static Task<AccountPage> ArriveAsync(IPage page)
    {
        var account = new AccountPage(page);
        return account.ArriveAsync(account, "Account");
    }

    public async Task<TwoStepPage> SetUpTwoStepAsync()
    {
        await TwoStep.GetByRole(AriaRole.Link, new() { Name = "Set up two-step sign-in" }).ClickAsync();
        return await TwoStepPage.ArriveAsync(Browser);
    }

    public async Task ChangePasswordAsync(string current, string wanted)
    {
        await Browser.GetByLabel("Current password").FillAsync(current);
        await Browser.GetByLabel("New password", new() { Exact = true }).FillAsync(wanted);
        await Browser.GetByLabel("New password once more").FillAsync(wanted);
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
    }
}
