using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class LicensesPage(IPage page) : PortalPage(page)
{
    public ILocator Rows => Browser.Locator("tr[data-license]");

    public ILocator Search => Browser.GetByRole(AriaRole.Searchbox);

    public ILocator Dialog => Browser.Locator("dialog[open]");

    /// <summary>The key, where one is shown.</summary>
    public ILocator Key => Dialog.Locator("[data-key]");

    public ILocator Confirm => Dialog.Locator("[data-confirm]");

    public static async Task<LicensesPage> OpenAsync(IPage page, string query = "")
    {
        await page.GotoAsync("/licenses" + query);
        return await ArriveAsync(page);
    }

    public static async Task<LicensesPage> ArriveAsync(IPage page)
    {
        var licenses = await new LicensesPage(page).ArriveAsync(new LicensesPage(page), "Licenses");
        // The first answer is there: a list, or the words for an empty one.
        await Expect(page.Locator(".list-box, .empty")).ToBeVisibleAsync();
        return licenses;
    }

    public ILocator Row(string email) => Rows.Filter(new() { HasText = email });

    public Task SelectAsync(string email) => Row(email).GetByRole(AriaRole.Checkbox).CheckAsync();

    /// <summary>One of the buttons for a selection: <c>Suspend</c>, …</summary>
    public ILocator Act(string kind) => Browser.Locator($"[data-act={kind}]");

    /// <returns>The new license's key, as it is shown.</returns>
    public async Task<string> CreateAsync(string email)
    {
        await Browser.Locator("[data-new]").ClickAsync();
        await Dialog.GetByLabel("Customer's e-mail address").FillAsync(email);
        await Confirm.ClickAsync();
        await Expect(Key).ToBeVisibleAsync();
        return (await Key.TextContentAsync())!.Trim();
    }

    public async Task<LicensePage> GoToAsync(string email)
    {
        await Row(email).GetByRole(AriaRole.Link).ClickAsync();
        return await LicensePage.ArriveAsync(Browser, email);
    }
}
