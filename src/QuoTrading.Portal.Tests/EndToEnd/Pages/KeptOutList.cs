using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>The drawer beside Online with the devices that may not log in.</summary>
public sealed class KeptOutList(ILocator drawer)
{
    public ILocator Self => drawer;

    public ILocator Devices => drawer.Locator("[data-kept-out]");

    public ILocator Nobody => drawer.GetByRole(AriaRole.Heading, new() { Name = "No device is kept out" });

    public static async Task<KeptOutList> ArriveAsync(IPage page)
    {
        var drawer = page.GetByRole(AriaRole.Complementary, new() { Name = "Kept out" });
        // Its list has been read.
        await Expect(drawer.Locator(".kept-out")).ToBeVisibleAsync();
        return new KeptOutList(drawer);
    }

    public ILocator LetIn(OnlineBot bot) => drawer.Locator($"[data-kept-out='{bot.Device.Fingerprint}']").GetByRole(AriaRole.Button, new() { Name = "Let in again" });
}
