using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class SettingsPage(IPage page) : PortalPage(page)
{
    public ILocator Timeout => Browser.GetByLabel("Session timeout");

    public ILocator Interval => Browser.GetByLabel("Heartbeat interval");

    public ILocator Preview => Browser.Locator(".preview");

    public ILocator Save => Browser.GetByRole(AriaRole.Button, new() { Name = "Save settings" });

    public static Task<SettingsPage> ArriveAsync(IPage page)
    {
        var settings = new SettingsPage(page);
        return settings.ArriveAsync(settings, "Settings");
    }

    public static ILocator ProblemOf(ILocator field) => field.Locator("xpath=ancestor::div[@class='setting']").Locator(".field-problem");

    /// <summary>Saves and waits until the portal says so.</summary>
    public async Task SaveAsync()
    {
        await Save.ClickAsync();
        await Expect(Notice.Filter(new() { HasText = "Settings saved" })).ToBeVisibleAsync();
    }
}
