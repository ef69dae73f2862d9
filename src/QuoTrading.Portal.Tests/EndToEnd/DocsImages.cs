using Microsoft.Playwright;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>Makes the pictures in docs/images, with the command that the README names: they show what <c>--demo</c> shows.</summary>
[Collection(Chromium.Collection)]
public sealed class DocsImages(Chromium chromium) : IAsyncLifetime
{
    // So long, in seconds, the simulated bots have to log in, beat and get into each other's way.
    private const int Warmup = 75;

    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "images");

    private DemoPortal demo = null!;
    private string? signedIn;

    public async ValueTask InitializeAsync() => demo = await DemoPortal.StartAsync();

    public ValueTask DisposeAsync() => demo.DisposeAsync();

    [Fact]
    public async Task Take_all_pictures()
    {
        Directory.CreateDirectory(Folder);
        var page = await OpenAsync(1280, 800, ColorScheme.Light);
        await (await SignInPage.OpenAsync(page)).SignInAsync(demo.Email, demo.Password);
        signedIn = await page.Context.StorageStateAsync();
        await Task.Delay(TimeSpan.FromSeconds(Warmup), TestContext.Current.CancellationToken);

        var online = await OnlinePage.OpenAsync(page);
        await Expect(online.Rows.First).ToBeVisibleAsync();
        await TakeAsync(page, "online-light");
        await online.Rows.Filter(new() { Has = page.Locator(".c-position .open") }).First.Locator(".c-act").GetByRole(AriaRole.Button).ClickAsync();
        var dialog = await LogOutDialog.ArriveAsync(page);
        await dialog.Reason.FillAsync("Customer asked for it");
        await TakeAsync(page, "log-out-dialog");
        await page.Keyboard.PressAsync("Escape");
        foreach (var (width, scheme, name) in new[] { (1280, ColorScheme.Dark, "online-dark"), (360, ColorScheme.Light, "online-phone") })
        {
            var other = await OnlinePage.OpenAsync(await OpenAsync(width, width == 360 ? 740 : 800, scheme));
            await Expect(other.Rows.First).ToBeVisibleAsync();
            await TakeAsync(other.Browser, name);
        }

        await TakeListAsync(1280, ColorScheme.Light, "/", "Overview", "overview-light");
        await TakeListAsync(1280, ColorScheme.Dark, "/", "Overview", "overview-dark");
        await TakeListAsync(360, ColorScheme.Light, "/", "Overview", "overview-phone");
        await TakeListAsync(1280, ColorScheme.Light, "/history", "History", "history-light");
        await TakeListAsync(360, ColorScheme.Light, "/history", "History", "history-phone");
        await TakeListAsync(1280, ColorScheme.Dark, "/activity", "Activity", "activity-dark");
        await TakeListAsync(1280, ColorScheme.Light, "/system", "System", "system-light");

        await TakeLicensesAsync(page);
        var settings = await new OnlinePage(page).GoToSettingsAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "60 s" }).ClickAsync();
        await Expect(settings.Preview).ToContainTextAsync("live sessions");
        await TakeAsync(page, "settings-light");
        await TakeListAsync(1280, ColorScheme.Light, "/audit", "Audit", "audit-light");
    }

    // The list; something that somebody did to some of it, for the audit log; and a license that several seem to use.
    private static async Task TakeLicensesAsync(IPage page)
    {
        var licenses = await LicensesPage.OpenAsync(page);
        await TakeAsync(page, "licenses-light");
        // What is cancelled cannot be suspended.
        await page.GotoAsync("/licenses?state=active");
        await Expect(page.Locator("tr[data-license]").Nth(9)).ToBeVisibleAsync();
        foreach (var act in new[] { "Extend", "Suspend" })
        {
            await page.Locator("tr[data-license] .c-pick input").Nth(act.Length).CheckAsync();
            await licenses.Act(act).ClickAsync();
            if (act == "Extend") await licenses.Dialog.Locator(".chip").First.ClickAsync();
            if (act == "Suspend") await licenses.Dialog.GetByLabel("Reason").FillAsync("Chargeback in dispute");
            if (await licenses.Dialog.Locator(".notice input[type=checkbox]").CountAsync() > 0) await licenses.Dialog.Locator(".notice input[type=checkbox]").CheckAsync();
            await licenses.Confirm.ClickAsync();
            await Expect(licenses.Dialog).ToHaveCountAsync(0);
        }

        await page.GotoAsync("/licenses?sharing=yes");
        await page.Locator("a.row-link").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Signs of sharing" })).ToBeVisibleAsync();
        await TakeAsync(page, "license-light", whole: true);
    }

    private async Task<IPage> OpenAsync(int width, int height, ColorScheme scheme)
    {
        var context = await chromium.Browser!.NewContextAsync(new()
        {
            BaseURL = demo.Address,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "UTC",
            StorageState = signedIn,
        });
        return await context.NewPageAsync();
    }

    private async Task TakeListAsync(int width, ColorScheme scheme, string path, string heading, string name)
    {
        var page = await OpenAsync(width, width == 360 ? 740 : 800, scheme);
        await page.GotoAsync(path);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true, Level = 1 })).ToBeVisibleAsync();
        await Expect(page.Locator(".skeleton")).ToHaveCountAsync(0);
        await TakeAsync(page, name);
    }

    private static async Task TakeAsync(IPage page, string name, bool whole = false)
    {
        await page.EvaluateAsync("document.fonts.ready");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png"), FullPage = whole, Animations = ScreenshotAnimations.Allow, Caret = ScreenshotCaret.Hide });
    }
}
