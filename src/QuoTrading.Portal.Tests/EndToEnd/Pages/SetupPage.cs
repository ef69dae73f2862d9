using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class SetupPage(IPage page) : PortalPage(page)
{
    /// <summary>What the console prints, without the host.</summary>
    public static string LinkOf(PortalServer portal) => $"/setup?code={portal.Services.GetRequiredService<SetupCode>().Text}";

    public static async Task<SetupPage> OpenAsync(IPage page, string link)
    {
        await page.GotoAsync(link);
        var setup = new SetupPage(page);
        return await setup.ArriveAsync(setup, "Make the first administrator");
    }

    public async Task<OverviewPage> MakeAdministratorAsync(string email, string password)
    {
        await Browser.GetByLabel("E-mail address").FillAsync(email);
        await Browser.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await Browser.GetByLabel("Password once more").FillAsync(password);
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Make the administrator and sign in" }).ClickAsync();
        return await OverviewPage.ArriveAsync(Browser);
    }
}
