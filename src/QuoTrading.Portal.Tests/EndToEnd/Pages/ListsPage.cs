using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>One of the lists that are paged by key: History, Activity, Audit.</summary>
public sealed class ListsPage(IPage page) : PortalPage(page)
{
    public ILocator Rows => Browser.Locator("tbody tr");

    public ILocator Counted => Browser.Locator(".pager [role=status]");

    public ILocator Drawer => Browser.Locator("[data-drawer]");

    public ILocator Newer => Browser.Locator(".newer button");

    public ILocator Conflicts => Browser.GetByRole(AriaRole.Button, new() { Name = "Conflicts only" });

    /// <param name="path">With its query.</param>
    public static async Task<ListsPage> OpenAsync(IPage page, string path, string heading)
    {
        await page.GotoAsync(path);
        return await ArriveAsync(page, heading);
    }

    public static async Task<ListsPage> ArriveAsync(IPage page, string heading)
    {
        var list = await new ListsPage(page).ArriveAsync(new ListsPage(page), heading);
        // The rows have been read: a list, or the words for an empty one.
        await Expect(page.Locator(".list-box[aria-busy=false], .empty").First).ToBeVisibleAsync();
        return list;
    }

    public ILocator Field(string label) => Browser.GetByLabel(label);

    /// <summary>Types and presses Enter.</summary>
    public async Task FilterAsync(string label, string value)
    {
        await Field(label).FillAsync(value);
        await Field(label).PressAsync("Enter");
    }

    public Task PageAsync(string name) => Browser.GetByRole(AriaRole.Navigation, new() { Name = "Pages of the list" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();

    /// <summary>What the button for the file gives.</summary>
    public async Task<string> DownloadAsync()
    {
        var download = await Browser.RunAndWaitForDownloadAsync(() => Browser.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        await using var content = await download.CreateReadStreamAsync();
        using var text = new StreamReader(content);
        return await text.ReadToEndAsync();
    }
}
