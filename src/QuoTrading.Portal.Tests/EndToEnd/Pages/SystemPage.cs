using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class SystemPage(IPage page) : PortalPage(page)
{
    public static async Task<SystemPage> ArriveAsync(IPage page)
    {
        var system = await new SystemPage(page).ArriveAsync(new SystemPage(page), "System");
        await Expect(system.Tile("sessions")).ToBeVisibleAsync();
        return system;
    }

    /// <summary>The number of a tile: <c>sessions</c>, <c>heartbeats</c>, <c>circuits</c>, …</summary>
    public ILocator Tile(string name) => Browser.Locator($"[data-tile='{name}'] .tile-number");

    public ILocator Dialog => Browser.Locator("dialog[open]");

    public async Task AskForBackupAsync()
    {
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Back up now" }).ClickAsync();
        await Expect(Dialog).ToBeVisibleAsync();
    }

    /// <summary>Chooses, and waits for the file.</summary>
    public async Task<IDownload> BackUpAsync(string choice)
    {
        await AskForBackupAsync();
        await Dialog.GetByLabel(choice).CheckAsync();
        return await Browser.RunAndWaitForDownloadAsync(() => Dialog.GetByRole(AriaRole.Button, new() { Name = "Download the copy" }).ClickAsync());
    }
}
