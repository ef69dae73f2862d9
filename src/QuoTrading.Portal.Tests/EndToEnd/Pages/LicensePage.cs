using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class LicensePage(IPage page) : PortalPage(page)
{
    public ILocator Live => Browser.Locator("tr[data-session]");

    public ILocator Devices => Browser.Locator("tr[data-device]");

    public ILocator Timeline => Browser.Locator(".timeline-row[data-device]");

    public ILocator Facts => Browser.Locator("dl.facts");

    public ILocator Dialog => Browser.Locator("dialog[open]");

    public ILocator Confirm => Dialog.Locator("[data-confirm]");

    public ILocator AuditLog => Browser.GetByRole(AriaRole.Region, new() { Name = "What people did" });

    public static async Task<LicensePage> OpenAsync(IPage page, long id, string email)
    {
        await page.GotoAsync($"/licenses/{id}");
        return await ArriveAsync(page, email);
    }

    public static async Task<LicensePage> ArriveAsync(IPage page, string email)
    {
        var license = await new LicensePage(page).ArriveAsync(new LicensePage(page), email);
        // Its story has been read, too.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Signs of sharing" })).ToBeVisibleAsync();
        return license;
    }

    public ILocator Act(string kind) => Browser.Locator($".license-actions [data-act={kind}]");

    public async Task OpenAsync(string dialog)
    {
        await Browser.Locator($"[data-{dialog}]").ClickAsync();
        await Expect(Dialog).ToBeVisibleAsync();
    }
}
