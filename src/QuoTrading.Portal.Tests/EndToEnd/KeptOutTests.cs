using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class KeptOutTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_device_that_was_kept_out_is_found_in_the_list_and_let_in_again()
    {
        var bot = await StartBotAsync();
        var online = await SignInAsync(PortalRole.Support);
        var dialog = await online.AskToLogOutAsync(bot);
        await dialog.KeepsOut.CheckAsync();
        await dialog.LogOutAsync("Shared key");
        Assert.Equal("kept_out", (await bot.Device.LogInAsync()).Get("code"));

        var list = await online.OpenKeptOutAsync();
        await Expect(list.Devices).ToHaveCountAsync(1);
        await Expect(list.Devices).ToContainTextAsync("ada@example.com");
        await Expect(list.Devices).ToContainTextAsync("Shared key");
        await list.LetIn(bot).ClickAsync();
        await Expect(online.Notice.Filter(new() { HasText = "may log in again" })).ToBeVisibleAsync();
        await Expect(list.Nobody).ToBeVisibleAsync();
        await Expect(list.Self.Locator(".kept-out")).ToBeFocusedAsync();
        Assert.Equal(200, (await bot.Device.LogInAsync()).Status);
    }

    [Fact]
    public async Task The_list_has_an_address_closes_by_Esc_and_gives_the_focus_back()
    {
        var online = await SignInAsync(PortalRole.Viewer);
        var button = online.Browser.GetByRole(AriaRole.Button, new() { Name = "Kept out" });
        await button.FocusAsync();
        await online.Browser.Keyboard.PressAsync("Enter");
        var list = await KeptOutList.ArriveAsync(online.Browser);
        await Expect(online.Browser).ToHaveURLAsync("/online?list=kept-out");
        await online.Browser.Keyboard.PressAsync("Escape");
        await Expect(list.Self).ToHaveCountAsync(0);
        await Expect(button).ToBeFocusedAsync();

        await OnlinePage.OpenAsync(online.Browser, "?list=kept-out");
        list = await KeptOutList.ArriveAsync(online.Browser);
        await online.Browser.Keyboard.PressAsync("Escape");
        await Expect(list.Self).ToHaveCountAsync(0);
        await Expect(online.Browser).ToHaveURLAsync("/online");
    }
}
