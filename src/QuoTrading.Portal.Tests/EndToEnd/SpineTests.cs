using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class SpineTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task From_the_set_up_link_to_a_bot_that_is_logged_out_and_one_that_falls_silent()
    {
        var setup = await SetupPage.OpenAsync(await OpenBrowserAsync(), SetupPage.LinkOf(Portal));
        var online = await (await setup.MakeAdministratorAsync("owner@example.com", Password)).GoToOnlineAsync();
        await Expect(online.Nobody).ToBeVisibleAsync();

        var bot = await StartBotAsync();
        await Expect(online.Row(bot)).ToContainTextAsync("ada@example.com");

        var second = await new ClientDevice(Portal, bot.Device.Key, Machine.Create().Fingerprint).StartAsync();
        Assert.Equal((403, "true"), (second.Status, second.Get("session_conflict")));

        var dialog = await online.AskToLogOutAsync(bot);
        await dialog.LogOutAsync("Shared key");
        var beat = await bot.BeatAsync();
        Assert.Equal((403, "true"), (beat.Status, beat.Get("force_logout")));
        await Expect(online.Row(bot)).ToHaveCountAsync(0);

        var settings = await online.GoToSettingsAsync();
        await settings.Interval.FillAsync("1");
        await settings.Timeout.FillAsync("5");
        await Expect(settings.Preview).ToHaveTextAsync("No session is live now: nothing would end.");
        await settings.SaveAsync();

        online = await settings.GoToOnlineAsync();
        var silent = await StartBotAsync("bert@example.com");
        await Expect(online.Row(silent)).ToBeVisibleAsync();
        await Expect(online.Row(silent)).ToHaveCountAsync(0);
        await Expect(online.Nobody).ToBeVisibleAsync();
    }
}
