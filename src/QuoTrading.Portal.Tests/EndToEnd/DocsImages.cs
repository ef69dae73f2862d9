using Microsoft.Playwright;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>Makes the pictures in docs/images, with the command that the README names. A fake clock gives the sessions a past.</summary>
public sealed class DocsImages(Chromium chromium) : BrowserTest(chromium)
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "images");

    protected override Task<PortalServer> StartPortalAsync(IReadOnlyDictionary<string, string> settings) =>
        PortalServer.StartAsync(settings.Where(setting => setting.Key != "Portal:AllowShortTimeouts").ToDictionary(StringComparer.Ordinal));

    [Fact]
    public async Task Take_all_pictures()
    {
        Directory.CreateDirectory(Folder);
        var day = new TradingDay(Portal);
        await day.PassAsync();
        await CreatePersonAsync(PortalRole.Administrator, TradingDay.Owner);

        var light = await OpenAsync(1280, 800, ColorScheme.Light);
        await TakeAsync(light.Browser, "online-light");
        var holds = light.Rows.Filter(new() { Has = light.Browser.Locator(".c-position .open") }).First;
        await holds.Locator(".c-act").GetByRole(AriaRole.Button).ClickAsync();
        var dialog = await LogOutDialog.ArriveAsync(light.Browser);
        await dialog.Reason.FillAsync("Customer asked for it");
        await TakeAsync(light.Browser, "log-out-dialog");
        await light.Browser.Keyboard.PressAsync("Escape");
        await TakeAsync((await OpenAsync(1280, 800, ColorScheme.Dark)).Browser, "online-dark");
        await TakeAsync((await OpenAsync(360, 740, ColorScheme.Light)).Browser, "online-phone");

        await TakeListAsync(1280, 800, ColorScheme.Light, "/", "Overview", "overview-light");
        await TakeListAsync(1280, 800, ColorScheme.Dark, "/", "Overview", "overview-dark");
        await TakeListAsync(360, 740, ColorScheme.Light, "/", "Overview", "overview-phone");
        await TakeListAsync(1280, 800, ColorScheme.Light, "/history", "History", "history-light");
        await TakeListAsync(360, 740, ColorScheme.Light, "/history", "History", "history-phone");
        await TakeListAsync(1280, 800, ColorScheme.Dark, "/activity", "Activity", "activity-dark");
        await TakeListAsync(1280, 800, ColorScheme.Light, "/audit?kind=license", "Audit", "audit-light");

        var licenses = (await OpenAsync(1280, 800, ColorScheme.Light)).Browser;
        await LicensesPage.OpenAsync(licenses);
        await TakeAsync(licenses, "licenses-light");
        await licenses.Locator("a.row-link").First.ClickAsync();
        await Expect(licenses.GetByRole(AriaRole.Heading, new() { Name = "Signs of sharing" })).ToBeVisibleAsync();
        await TakeAsync(licenses, "license-light");

        var settings = await light.GoToSettingsAsync();
        await settings.Browser.GetByRole(AriaRole.Button, new() { Name = "60 s" }).ClickAsync();
        await Expect(settings.Preview).ToContainTextAsync("live sessions");
        await TakeAsync(settings.Browser, "settings-light");
    }

    private async Task<OnlinePage> OpenAsync(int width, int height, ColorScheme scheme)
    {
        var page = await OpenBrowserAsync(width, height, scheme);
        await (await SignInPage.OpenAsync(page)).SignInAsync(TradingDay.Owner, Password);
        var online = await OnlinePage.OpenAsync(page);
        await Expect(online.Rows.First).ToBeVisibleAsync();
        return online;
    }

    private async Task TakeListAsync(int width, int height, ColorScheme scheme, string path, string heading, string name)
    {
        var page = (await OpenAsync(width, height, scheme)).Browser;
        if (path == "/") await OverviewPage.OpenAsync(page);
        else await ListsPage.OpenAsync(page, path, heading);
        await TakeAsync(page, name);
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        await page.EvaluateAsync("document.fonts.ready");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png"), Animations = ScreenshotAnimations.Allow, Caret = ScreenshotCaret.Hide });
    }
}
