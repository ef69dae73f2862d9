using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>A bot with the client library beside a person at the Online page.</summary>
public sealed class StreamTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Email = "ada@example.com";

    private string key = "";

    [Fact]
    public async Task A_forced_logout_stops_the_bots_loop_with_the_reason_on_its_screen()
    {
        using var bot = await StartAsync();
        var online = await SignInAsync(PortalRole.Support);
        await Expect(online.Rows.GetByRole(AriaRole.Img, new() { Name = "Holds a stream" })).ToBeVisibleAsync();

        await online.Rows.Locator(".c-act").GetByRole(AriaRole.Button).ClickAsync();
        await (await LogOutDialog.ArriveAsync(online.Browser)).LogOutAsync("Shared key");

        Assert.Equal(3, await bot.EndAsync());
        Assert.Contains("Trading has stopped. You have been logged out by an administrator.", bot.Screen, StringComparison.Ordinal);
        await Expect(online.Nobody).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_bot_that_is_killed_is_seen_at_once_and_its_license_is_free_after_the_grace()
    {
        // Long enough to be looked at.
        Assert.Empty(await Portal.Service.ChangeSettingsAsync(PortalServer.Admin, new(DisconnectGraceSeconds: 15)));
        using var bot = await StartAsync();
        var online = await SignInAsync(PortalRole.Support);
        await Expect(online.Rows.GetByRole(AriaRole.Img, new() { Name = "Holds a stream" })).ToBeVisibleAsync();

        bot.Kill();

        await Expect(online.Rows.Locator(".c-status")).ToContainTextAsync("Lost");
        await Expect(online.Nobody).ToBeVisibleAsync();
        var another = new ClientDevice(Portal, key, Machine.Create().Fingerprint);
        Assert.Equal(200, (await another.StartAsync()).Status);
        await online.Browser.GotoAsync("/history");
        await Expect(online.Browser.Locator("table").GetByText("Connection lost").First).ToBeVisibleAsync();
    }

    private async Task<BotProcess> StartAsync()
    {
        Assert.SkipWhen(!BotProcess.IsThere && !Chromium.IsRequired, BotProcess.WhyNot);
        Assert.True(BotProcess.IsThere, BotProcess.WhyNot);
        key = await Portal.CreateKeyAsync(Email);
        return BotProcess.Start(Portal, key);
    }
}
