using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Health;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class SystemTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task Figures_renew_themselves_and_open_pages_are_counted()
    {
        var system = await (await SignInAsync()).GoToSystemAsync();
        await Expect(system.Tile("sessions")).ToHaveTextAsync("0");
        await Expect(system.Tile("circuits")).ToHaveTextAsync("1");
        var bot = await StartBotAsync();
        await bot.BeatAsync();
        await Expect(system.Tile("sessions")).ToHaveTextAsync("1");

        var other = await SignInAsync();
        await Expect(system.Tile("circuits")).ToHaveTextAsync("2");
        // To a page without a circuit: a browser that is closed may have no time left to say so.
        await other.Browser.GotoAsync("/account");
        await Expect(system.Tile("circuits")).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task An_administrator_takes_a_copy_home_and_the_page_stays_as_it_is()
    {
        var system = await (await SignInAsync()).GoToSystemAsync();
        var plain = await system.BackUpAsync("Without the key ring");
        Assert.EndsWith(".db", plain.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal("SQLite format 3\0"u8.ToArray(), (await File.ReadAllBytesAsync(await plain.PathAsync()))[..16]);
        await Expect(system.Dialog).ToHaveCountAsync(0);
        var zip = await system.BackUpAsync("With the key ring");
        Assert.EndsWith("-with-keys.zip", zip.SuggestedFilename, StringComparison.Ordinal);

        await StartBotAsync();
        await Expect(system.Tile("sessions")).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task Why_a_copy_cannot_be_made_is_said_on_the_page()
    {
        var system = await (await SignInAsync()).GoToSystemAsync();
        Portal.Services.GetRequiredService<HealthOptions>().MinimumFreeMegabytes = 1_000_000_000;
        await system.AskForBackupAsync();
        await system.Dialog.GetByRole(AriaRole.Button, new() { Name = "Download the copy" }).ClickAsync();
        await Expect(system.Alert).ToContainTextAsync("The copy could not be made. A copy may need");
    }

    [Theory]
    [InlineData(PortalRole.Viewer)]
    [InlineData(PortalRole.Support)]
    public async Task It_is_for_administrators_alone(PortalRole role)
    {
        var page = (await SignInAsync(role)).Browser;
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "System" })).ToHaveCountAsync(0);
        await page.GotoAsync("/system");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your role does not allow this" })).ToBeVisibleAsync();
    }
}
