using Microsoft.Playwright;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class SettingsTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task What_a_change_would_do_is_said_before_saving_and_what_is_wrong_cannot_be_saved()
    {
        var bot = await StartBotAsync();
        await StartBotAsync("bert@example.com");
        var settings = await (await SignInAsync()).GoToSettingsAsync();
        await Expect(settings.Save).ToBeDisabledAsync();

        await settings.Timeout.FillAsync("120");
        await Expect(settings.Preview).ToHaveTextAsync("None of 2 live sessions would end, and all beat often enough.");
        await settings.Timeout.FillAsync("3");
        await Expect(SettingsPage.ProblemOf(settings.Timeout)).ToHaveTextAsync("Session timeout must be 5 to 3600 seconds, but is 3.");
        await settings.Timeout.FillAsync("40");
        await Expect(SettingsPage.ProblemOf(settings.Timeout)).ToHaveTextAsync("Session timeout must be at least twice the heartbeat interval: 60 or more.");
        await settings.Timeout.FillAsync("");
        await Expect(SettingsPage.ProblemOf(settings.Timeout)).ToHaveTextAsync("Session timeout must be a whole number.");
        await Expect(settings.Save).ToBeDisabledAsync();

        await settings.Browser.GetByRole(AriaRole.Button, new() { Name = "120 s" }).ClickAsync();
        await settings.SaveAsync();
        await Expect(settings.Browser.Locator(".lead")).ToContainTextAsync("Last changed by administrator-0@example.com");
        Assert.Equal("120", (await bot.BeatAsync()).Get("session_timeout_seconds"));
    }

    [Fact]
    public async Task Of_two_who_change_at_once_the_second_is_asked()
    {
        var one = await (await SignInAsync()).GoToSettingsAsync();
        var other = await (await SignInAsync()).GoToSettingsAsync();
        await other.Interval.FillAsync("20");
        await one.Timeout.FillAsync("100");
        await one.SaveAsync();

        await other.Save.ClickAsync();
        await Expect(other.Alert).ToContainTextAsync("administrator-0@example.com has changed the settings while you were editing.");
        await other.Browser.GetByRole(AriaRole.Button, new() { Name = "Save mine on top" }).ClickAsync();
        await Expect(other.Alert).ToHaveCountAsync(0);
        await Expect(other.Timeout).ToHaveValueAsync("100");
        await Expect(other.Interval).ToHaveValueAsync("20");
    }
}
