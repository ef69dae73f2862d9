using Microsoft.Playwright;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class AccountPage(IPage page) : PortalPage(page)
{
    public ILocator Done => Browser.GetByRole(AriaRole.Status).Filter(new() { HasText = "The password is changed." });

    public static Task<AccountPage> ArriveAsync(IPage page)
    {
        var account = new AccountPage(page);
        return account.ArriveAsync(account, "Account");
    }

    public async Task ChangePasswordAsync(string current, string wanted)
    {
        await Browser.GetByLabel("Current password").FillAsync(current);
        await Browser.GetByLabel("New password", new() { Exact = true }).FillAsync(wanted);
        await Browser.GetByLabel("New password once more").FillAsync(wanted);
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
    }
}
