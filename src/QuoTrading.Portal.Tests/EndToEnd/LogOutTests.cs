using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class LogOutTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task An_open_position_is_named_and_needs_a_second_confirmation()
    {
        var bot = await StartBotAsync();
        await bot.HoldAsync(2, 137);
        var online = await SignInAsync(PortalRole.Support);

        var dialog = await online.AskToLogOutAsync(bot);
        await Expect(dialog.Self).ToContainTextAsync("long 2 ES, +$137");
        await dialog.Reason.FillAsync("Bot hangs");
        await dialog.Confirm.ClickAsync();
        await Expect(dialog.Self).ToContainTextAsync("Confirm that the open position is left to the broker.");
        Assert.Equal(200, (await bot.BeatAsync()).Status);

        await dialog.Anyway.CheckAsync();
        await dialog.LogOutAsync("Bot hangs");
        await Expect(online.Notice).ToContainTextAsync("Logged out ada@example.com");
        Assert.Equal((403, "true"), await LogoutOfAsync(bot));
    }

    [Fact]
    public async Task Logging_out_a_selection_says_how_many_and_how_many_have_a_position()
    {
        OnlineBot[] bots = [await StartBotAsync("ada@example.com"), await StartBotAsync("bert@example.com"), await StartBotAsync("cleo@example.com")];
        await bots[0].HoldAsync(1, 50);
        await bots[2].HoldAsync(-3, -12.5m, "NQ");
        var stays = await StartBotAsync("dora@example.com");
        var online = await SignInAsync(PortalRole.Support);
        foreach (var bot in bots) await online.Choice(bot).CheckAsync();
        await Expect(online.LogOutSelection).ToHaveTextAsync("logoutLog out 3 sessions");

        var dialog = await online.AskToLogOutSelectionAsync();
        await Expect(dialog.Self).ToContainTextAsync("2 of 3 have an open position");
        await Expect(dialog.Self).ToContainTextAsync("cleo@example.com: short 3 NQ, −$12.50");
        await Expect(dialog.Confirm).ToHaveTextAsync("Log out 3 sessions");
        await dialog.Anyway.CheckAsync();
        await dialog.LogOutAsync("Payment problem");

        await Expect(online.Notice).ToContainTextAsync("Logged out 3 sessions");
        await online.ShowsAsync("dora@example.com");
        foreach (var bot in bots) Assert.Equal((403, "true"), await LogoutOfAsync(bot));
        Assert.Equal(200, (await stays.BeatAsync()).Status);
    }

    [Fact]
    public async Task What_one_logs_out_the_other_sees_go_even_while_asking_about_it()
    {
        var bot = await StartBotAsync();
        var one = await SignInAsync(PortalRole.Support);
        var other = await SignInAsync(PortalRole.Administrator);
        var asking = await other.AskToLogOutAsync(bot);

        await (await one.AskToLogOutAsync(bot)).LogOutAsync("Customer asked for it");

        await Expect(other.Row(bot)).ToHaveCountAsync(0);
        await Expect(asking.Self).ToContainTextAsync("Ended meanwhile");
    }

    [Fact]
    public async Task The_keyboard_alone_logs_a_session_out()
    {
        var bot = await StartBotAsync();
        var online = await SignInAsync(PortalRole.Support);
        var keys = online.Browser.Keyboard;
        var button = online.Row(bot).Locator(".c-act button");

        await button.FocusAsync();
        await keys.PressAsync("Enter");
        await LogOutDialog.ArriveAsync(online.Browser);
        await keys.PressAsync("Escape");
        await Expect(online.Browser.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Expect(button).ToBeFocusedAsync();

        await keys.PressAsync("Enter");
        var dialog = await LogOutDialog.ArriveAsync(online.Browser);
        await Expect(dialog.Reason).ToBeFocusedAsync();
        await keys.TypeAsync("Bot hangs");
        // Past what may be done besides, and the button that does nothing.
        for (var i = 0; i < 4; i++) await keys.PressAsync("Tab");
        await Expect(dialog.Confirm).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(online.Nobody).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(360, 640)]
    [InlineData(640, 400)]
    public async Task The_button_is_in_view_and_stays_under_the_pointer_whatever_the_bots_do(int width, int height)
    {
        OnlineBot[] bots = [await StartBotAsync("ada@example.com"), await StartBotAsync("bert@example.com")];
        foreach (var bot in bots) await bot.HoldAsync(0, 0);
        var online = await SignInAsync(PortalRole.Support);
        await online.Choice(bots[0]).CheckAsync();
        await online.Choice(bots[1]).CheckAsync();
        await online.Browser.SetViewportSizeAsync(width, height);
        var dialog = await online.AskToLogOutSelectionAsync();
        await dialog.KeepsOutAll.CheckAsync();
        await Expect(dialog.Confirm).ToBeInViewportAsync(new() { Ratio = 1 });
        var place = await PlaceAsync(dialog);

        await bots[1].HoldAsync(2, 137);
        await Expect(dialog.Anyway).ToBeAttachedAsync();
        Assert.Equal(place, await PlaceAsync(dialog));
        await bots[1].HoldAsync(0, 0);
        await Expect(dialog.Anyway).ToHaveCountAsync(0);
        Assert.Equal(place, await PlaceAsync(dialog));
        await Expect(dialog.Reason).ToHaveJSPropertyAsync("required", true);
        await Expect(dialog.Self.Locator("label[for=reason]")).ToContainTextAsync("required");
    }

    private static async Task<(double X, double Y)> PlaceAsync(LogOutDialog dialog)
    {
        var box = (await dialog.Confirm.BoundingBoxAsync())!;
        return (Math.Round(box.X), Math.Round(box.Y));
    }

    private static async Task<(int Status, string? Forced)> LogoutOfAsync(OnlineBot bot)
    {
        var beat = await bot.BeatAsync();
        return (beat.Status, beat.Get("force_logout"));
    }
}
