using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class OnlinePage(IPage page) : PortalPage(page)
{
    public ILocator Rows => Browser.Locator("tr[data-session]");

    public ILocator Search => Browser.GetByRole(AriaRole.Searchbox, new() { Name = "Search sessions" });

    public ILocator Counts => Browser.Locator(".counts");

    public ILocator List => Browser.GetByRole(AriaRole.Region, new() { Name = "Live sessions" });

    public ILocator LogOutSelection => Browser.Locator(".selection .danger");

    public ILocator Nobody => Browser.GetByRole(AriaRole.Heading, new() { Name = "Nobody is online" });

    public static async Task<OnlinePage> OpenAsync(IPage page, string query = "")
    {
        await page.GotoAsync("/online" + query);
        return await ArriveAsync(page);
    }

    public static async Task<OnlinePage> ArriveAsync(IPage page)
    {
        var online = await new OnlinePage(page).ArriveAsync(new OnlinePage(page), "Online");
        // The first snapshot has been read: a list, or the words for an empty one.
        await Expect(page.Locator(".page > .table-scroll, .page > .empty")).ToBeVisibleAsync();
        return online;
    }

    public ILocator Row(OnlineBot bot) => Browser.Locator($"tr[data-session='{bot.SessionId}']");

    public async Task ShowsAsync(params string[] emails) => await Expect(Rows.Locator(".c-customer .first")).ToHaveTextAsync(emails);

    public ILocator Choice(OnlineBot bot) => Row(bot).GetByRole(AriaRole.Checkbox);

    public Task SortByAsync(string column) => Browser.GetByRole(AriaRole.Columnheader, new() { Name = column }).GetByRole(AriaRole.Button).ClickAsync();

    public async Task<KeptOutList> OpenKeptOutAsync()
    {
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Kept out" }).ClickAsync();
        return await KeptOutList.ArriveAsync(Browser);
    }

    public async Task<LogOutDialog> AskToLogOutAsync(OnlineBot bot)
    {
        await Row(bot).Locator(".c-act").GetByRole(AriaRole.Button).ClickAsync();
        return await LogOutDialog.ArriveAsync(Browser);
    }

    public async Task<LogOutDialog> AskToLogOutSelectionAsync()
    {
        await LogOutSelection.ClickAsync();
        return await LogOutDialog.ArriveAsync(Browser);
    }
}
