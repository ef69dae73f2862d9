using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class OverviewPage(IPage page) : PortalPage(page)
{
    public ILocator Feed => Browser.Locator(".feed li");

    public ILocator Find => Browser.GetByRole(AriaRole.Searchbox, new() { Name = "Find a customer" });

    public ILocator Chart => Browser.Locator(".chart");

    public static async Task<OverviewPage> OpenAsync(IPage page, string query = "")
    {
        await page.GotoAsync("/" + query);
        return await ArriveAsync(page);
    }

    public static async Task<OverviewPage> ArriveAsync(IPage page)
    {
        var overview = await new OverviewPage(page).ArriveAsync(new OverviewPage(page), "Overview");
        await Expect(page.Locator(".tiles")).ToBeVisibleAsync();
        return overview;
    }

    /// <param name="name">What stands below its number.</param>
    public ILocator Tile(string name) => Browser.Locator(".tile").Filter(new() { HasText = name });
}
