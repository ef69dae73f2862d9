using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>Every page in every shape: axe finds nothing, and nobody has to scroll sideways.</summary>
[Collection(Chromium.EveryPage)]
public sealed class AccessibilityTests(Chromium chromium) : BrowserTest(chromium)
{
    // The rest is not looked at, and costs time to describe.
    private static readonly AxeRunOptions OnlyFaults = new() { ResultTypes = [ResultType.Violations] };

    // A desktop and a phone; and what is left of the desktop at 200 % zoom.
    private static readonly (int Width, int Height)[] Sizes = [(640, 400), (360, 740), (1280, 800)];

    [Fact]
    public async Task Every_page_is_for_everybody()
    {
        var page = await OpenBrowserAsync();
        var setup = await SetupPage.OpenAsync(page, SetupPage.LinkOf(Portal));
        await CheckAsync(page, "set-up");

        var online = await (await setup.MakeAdministratorAsync("owner@example.com", Password)).GoToOnlineAsync();
        await CheckAsync(page, "online, nobody there");
        await CheckOnlineAsync(online);

        var settings = await online.GoToSettingsAsync();
        await settings.Timeout.FillAsync("120");
        await Expect(settings.Preview).ToContainTextAsync("live sessions");
        await CheckAsync(page, "settings");
        await settings.Timeout.FillAsync("3");
        await Expect(SettingsPage.ProblemOf(settings.Timeout)).ToBeVisibleAsync();
        await CheckAsync(page, "settings with a wrong value");

        var people = await settings.GoToPeopleAsync();
        await CheckAsync(page, "people");

        await CheckSystemAsync(await people.GoToSystemAsync());

        var account = await people.GoToAccountAsync();
        await account.ChangePasswordAsync("not my password", "another long password");
        await Expect(account.Alert).ToBeVisibleAsync();
        await CheckAsync(page, "account, refused");

        foreach (var (path, heading) in new[] { ("/no-access", "Your role does not allow this"), ("/no-such-page", "There is no such page"), ("/error", "Something went wrong") })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
            await CheckAsync(page, path);
        }

        var stranger = await OpenBrowserAsync();
        var signIn = await SignInPage.OpenAsync(stranger);
        await CheckAsync(stranger, "sign-in");
        await signIn.FailAsync("owner@example.com", "not my password");
        await CheckAsync(stranger, "sign-in, refused");
        await stranger.GotoAsync("/setup?code=old");
        await CheckAsync(stranger, "set-up, closed");
    }

    [Fact]
    public async Task What_authors_of_bots_read_is_for_everybody()
    {
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        await page.GotoAsync("/authors");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What our clients do" })).ToBeVisibleAsync();
        await CheckAsync(page, "for bot authors");
    }

    [Fact]
    public async Task Two_step_sign_in_is_for_everybody()
    {
        var page = (await SignInAsync()).Browser;
        await page.GotoAsync("/account");
        var setUp = await (await AccountPage.ArriveAsync(page)).SetUpTwoStepAsync();
        await CheckAsync(page, "turning two-step sign-in on");
        var app = await setUp.AddToAppAsync();
        await setUp.SendAsync(Password, "12");
        await Expect(setUp.Alert).ToBeVisibleAsync();
        await CheckAsync(page, "turning two-step sign-in on, refused");
        await setUp.TurnOnAsync(Password, app.CodeAt(TimeProvider.System.GetUtcNow()));
        await CheckAsync(page, "recovery codes");
        var account = await setUp.LeaveAsync();
        await Expect(account.TwoStep).ToContainTextAsync("10 recovery codes");
        await CheckAsync(page, "account, with two-step sign-in");
        foreach (var (path, heading) in new[] { ("/account/recovery-codes", "New recovery codes"), ("/account/two-step-off", "Turn two-step sign-in off") })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
            await CheckAsync(page, path);
        }

        await page.GotoAsync("/people");
        var people = await PeoplePage.ArriveAsync(page);
        await CheckAsync(page, "people, one with two-step sign-in");
        await people.Row("administrator-0@example.com").GetByRole(AriaRole.Button, new() { Name = "Reset two-step sign-in" }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToBeVisibleAsync();
        await CheckAsync(page, "resetting two-step sign-in");

        var stranger = await OpenBrowserAsync();
        await stranger.GotoAsync("/sign-in/code");
        var signIn = await SignInPage.ArriveAsync(stranger);
        await CheckAsync(stranger, "sign-in, begin again");
        await signIn.SendAsync("administrator-0@example.com", Password);
        var step = await SecondStepPage.ArriveAsync(stranger);
        await CheckAsync(stranger, "the code");
        await step.SendAsync("12");
        await Expect(step.Alert).ToBeVisibleAsync();
        await CheckAsync(stranger, "the code, refused");
        await step.UseRecoveryCodeAsync();
        await CheckAsync(stranger, "the recovery code");
    }

    [Fact]
    public async Task The_lists_and_the_overview_are_for_everybody()
    {
        var page = (await SignInAsync()).Browser;
        await OverviewPage.OpenAsync(page);
        await CheckAsync(page, "overview, nothing there");
        foreach (var (path, heading) in new[] { ("/history", "History"), ("/activity", "Activity"), ("/history?from=yesterday", "History"), ("/history?license=4711", "History"), ("/audit?actor=nobody", "Audit") })
        {
            await ListsPage.OpenAsync(page, path, heading);
            await CheckAsync(page, path + ", nothing there");
        }

        var bot = await StartBotAsync("a-customer-with-a-rather-long-address@trading-company.example.com", ("device_name", "TRADING-PC-7"), ("bot_version", "2.1.0"), ("symbol", "ES"));
        for (var i = 0; i < 2; i++) await new ClientDevice(Portal, bot.Device.Key, Machine.Create().Fingerprint).StartAsync();
        await bot.Device.ReleaseAsync();
        await (await StartBotAsync("bert@example.com")).BeatAsync();
        await Portal.Services.GetRequiredService<ISessionService>().LogOutAsync(PortalServer.Admin, [Guid.Parse((await StartBotAsync("cleo@example.com")).SessionId)], "Customer asked for it");
        await Portal.Services.GetRequiredService<ISessionService>().ChangeSettingsAsync(PortalServer.Admin, new SessionSettingsChange(SessionTimeoutSeconds: 120));

        await OverviewPage.OpenAsync(page, "?chart=7d");
        await CheckAsync(page, "overview");
        await ListsPage.OpenAsync(page, "/history", "History");
        await CheckAsync(page, "history");
        var history = await ListsPage.OpenAsync(page, $"/history?session={bot.SessionId}", "History");
        await Expect(history.Drawer.Locator(".happened li")).ToHaveCountAsync(2);
        await CheckAsync(page, "a session beside the history");
        await ListsPage.OpenAsync(page, "/activity", "Activity");
        await CheckAsync(page, "activity");
        await ListsPage.OpenAsync(page, "/audit", "Audit");
        await CheckAsync(page, "audit");
    }

    [Fact]
    public async Task The_list_of_licenses_is_for_everybody()
    {
        var page = (await SignInAsync()).Browser;
        var licenses = await LicensesPage.OpenAsync(page);
        await CheckAsync(page, "licenses, none there");
        await LicensesPage.OpenAsync(page, "?state=foo&sharing=yes");
        await CheckAsync(page, "licenses, by a state that there is not");

        const string Email = "a-customer-with-a-rather-long-address@trading-company.example.com";
        var bot = await StartBotAsync(Email, ("device_name", "TRADING-PC-7"), ("symbol", "ES"));
        await bot.HoldAsync(2, 137);
        await Portal.CreateKeyAsync("bert@example.com", term: new LicenseTerm.Days(3));
        licenses = await LicensesPage.OpenAsync(page);
        await licenses.SelectAsync(Email);
        await CheckAsync(page, "licenses, one of two chosen");
        await licenses.Act("Suspend").ClickAsync();
        await Expect(licenses.Dialog).ToBeVisibleAsync();
        await CheckAsync(page, "the suspend dialog");
        await page.Keyboard.PressAsync("Escape");
        await licenses.CreateAsync("new@example.com");
        await CheckAsync(page, "a new key");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test a key" }).ClickAsync();
        await licenses.Dialog.GetByLabel("License key").FillAsync(bot.Device.Key);
        await licenses.Confirm.ClickAsync();
        await Expect(licenses.Dialog.Locator("[data-answer='/api/main']")).ToBeVisibleAsync();
        await CheckAsync(page, "testing a key");
    }

    [Fact]
    public async Task A_license_is_for_everybody()
    {
        const string Email = "a-customer-with-a-rather-long-address@trading-company.example.com";
        var bot = await StartBotAsync(Email, ("device_name", "TRADING-PC-7"), ("symbol", "ES"));
        await bot.HoldAsync(2, 137);
        await new ClientDevice(Portal, bot.Device.Key, "a-stranger's-device").LogInAsync();
        var licenses = await LicensesPage.OpenAsync((await SignInAsync()).Browser);
        var page = licenses.Browser;
        var license = await licenses.GoToAsync(Email);
        await Expect(license.Live).ToHaveCountAsync(1);
        await CheckAsync(page, "a license");
        await license.OpenAsync("edit");
        await license.Dialog.GetByLabel("Seats").FillAsync("0");
        await license.Confirm.ClickAsync();
        await Expect(license.Dialog.Locator("#edit-seats-problem")).Not.ToBeEmptyAsync();
        await CheckAsync(page, "editing a license");
    }

    [Fact]
    public async Task An_import_is_for_everybody()
    {
        var page = (await SignInAsync()).Browser;
        var import = await ImportPage.OpenAsync(page);
        await CheckAsync(page, "import");
        await import.ChooseAsync("old.csv", "email;key");
        await Expect(page.Locator("main section .notice.bad")).ToBeVisibleAsync();
        await CheckAsync(page, "import, refused");
    }

    [Fact]
    public async Task The_devices_that_are_kept_out_are_for_everybody()
    {
        var online = await SignInAsync(PortalRole.Support);
        var list = await online.OpenKeptOutAsync();
        await CheckAsync(online.Browser, "no device that is kept out");
        await online.Browser.Keyboard.PressAsync("Escape");
        await Expect(list.Self).ToHaveCountAsync(0);

        var service = Portal.Services.GetRequiredService<ISessionService>();
        var (shared, unpaid) = (await StartBotAsync("a-customer-with-a-rather-long-address@trading-company.example.com"), await StartBotAsync("bert@example.com"));
        await service.LogOutAsync(PortalServer.Admin, [Guid.Parse(shared.SessionId)], "Shared with a friend, says the customer, who is sorry and has another machine now", TimeSpan.FromHours(4));
        await service.LogOutAsync(PortalServer.Admin, [Guid.Parse(unpaid.SessionId)], "Payment problem", Timeout.InfiniteTimeSpan);
        list = await online.OpenKeptOutAsync();
        await Expect(list.Devices).ToHaveCountAsync(2);
        await CheckAsync(online.Browser, "the devices that are kept out");
    }

    [Fact]
    public async Task The_style_page_is_for_everybody()
    {
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        await page.GotoAsync("/style");
        await page.Locator("[data-sample=dialog]").WaitForAsync();
        await CheckAsync(page, "style");
        await page.Locator("[data-sample=dialog]").ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToBeVisibleAsync();
        await CheckAsync(page, "a dialog");
    }

    [Fact]
    public async Task Whoever_may_only_look_gets_pages_without_faults_too()
    {
        await StartBotAsync();
        var online = await SignInAsync(PortalRole.Viewer);
        await CheckAsync(online.Browser, "online");
        var settings = await online.GoToSettingsAsync();
        await CheckAsync(settings.Browser, "settings");
    }

    [Theory]
    [InlineData(1280, 800, ColorScheme.Light)]
    [InlineData(1280, 800, ColorScheme.Dark)]
    [InlineData(360, 740, ColorScheme.Light)]
    public async Task What_is_wrong_with_the_portal_comes_onto_an_open_page_and_goes_by_itself(int width, int height, ColorScheme scheme)
    {
        var page = await OpenBrowserAsync(width, height, scheme);
        var setup = await SetupPage.OpenAsync(page, SetupPage.LinkOf(Portal));
        await setup.MakeAdministratorAsync("owner@example.com", Password);
        var online = await OnlinePage.OpenAsync(page);
        var banner = online.Browser.Locator("[role=alert] [data-health=disk]");
        await Expect(banner).ToHaveCountAsync(0);

        var health = Portal.Services.GetRequiredService<HealthOptions>();
        health.MinimumFreeMegabytes = 1_000_000_000;
        await Expect(banner).ToContainTextAsync("The disk is nearly full since");
        await CheckAsync(online.Browser, "online, with a red light");

        health.MinimumFreeMegabytes = 0;
        await Expect(banner).ToHaveCountAsync(0);
    }

    private async Task CheckSystemAsync(SystemPage system)
    {
        await CheckAsync(system.Browser, "system");
        var backups = Portal.Services.GetRequiredService<ScheduledBackups>();
        await backups.RunOnceAsync();
        Portal.Services.GetRequiredService<HealthOptions>().MinimumFreeMegabytes = 1_000_000_000;
        await new ClientDevice(Portal, LicenseKey.Create(), "a-guesser's-device").StartAsync();
        await Expect(system.Browser.Locator("[data-stored]")).ToHaveCountAsync(1);
        await Expect(system.Browser.Locator("[data-problem=disk]")).ToBeVisibleAsync();
        await Expect(system.Browser.Locator("[data-code=unknown_key]")).ToBeVisibleAsync();
        await CheckAsync(system.Browser, "system, with a backup and a problem");
        await system.AskForBackupAsync();
        await CheckAsync(system.Browser, "the backup dialog");
        await system.Browser.Keyboard.PressAsync("Escape");
        Portal.Services.GetRequiredService<HealthOptions>().MinimumFreeMegabytes = 0;
        await Expect(system.Browser.Locator("[data-problem]")).ToHaveCountAsync(0);
    }

    private async Task CheckOnlineAsync(OnlinePage online)
    {
        var quiet = await StartBotAsync("bert@example.com");
        var bot = await StartBotAsync("a-customer-with-a-rather-long-address@trading-company.example.com", ("device_name", "TRADING-PC-7"), ("bot_version", "2.1.0"), ("symbol", "ES"));
        await bot.HoldAsync(2, 137);
        await Expect(online.Rows).ToHaveCountAsync(2);
        await online.Choice(quiet).CheckAsync();
        await Expect(online.LogOutSelection).ToBeVisibleAsync();
        await CheckAsync(online.Browser, "online, one of two chosen");

        var dialog = await online.AskToLogOutAsync(bot);
        await Expect(dialog.Anyway).ToBeVisibleAsync();
        await dialog.Confirm.ClickAsync();
        await Expect(dialog.Self.GetByRole(AriaRole.Alert)).ToHaveCountAsync(2);
        await CheckAsync(online.Browser, "the log-out dialog");
        await online.Browser.Keyboard.PressAsync("Escape");
        await Expect(dialog.Self).ToHaveCountAsync(0);
        await BeatAsync();

        await online.Search.FillAsync("nobody has this name");
        await Expect(online.Browser.GetByRole(AriaRole.Heading, new() { Name = "No live session matches" })).ToBeVisibleAsync();
        await CheckAsync(online.Browser, "online, nothing found");
        await online.Browser.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Expect(online.Rows).ToHaveCountAsync(2);
        await online.Browser.Keyboard.PressAsync("?");
        await Expect(online.Browser.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
        await CheckAsync(online.Browser, "the shortcuts");
        await online.Browser.Keyboard.PressAsync("Escape");
        await BeatAsync();

        async Task BeatAsync()
        {
            // All this looking takes longer than a bot may be silent, where the machine is busy.
            await quiet.BeatAsync();
            await bot.HoldAsync(2, 137);
        }
    }

    /// <summary>Looks at the page in every size and both themes, and leaves it as it was.</summary>
    private static async Task CheckAsync(IPage page, string where)
    {
        var faults = new List<string>();
        foreach (var (width, height) in Sizes)
        {
            await page.SetViewportSizeAsync(width, height);
            faults.AddRange((await WideAsync(page)).Select(wide => $"{where}, {width} pixels: {wide}"));
            // The zoomed desktop looks as the two others do.
            if (width == Sizes[0].Width) continue;
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var found = await page.RunAxe(OnlyFaults);
                faults.AddRange(found.Violations.SelectMany(rule => rule.Nodes.Select(node => $"{where}, {width} pixels, {scheme}: {rule.Id}, {rule.Help}: {node.Html}")));
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static Task<string[]> WideAsync(IPage page) => page.EvaluateAsync<string[]>("""
        [document.documentElement, ...document.querySelectorAll('main, .table-scroll, .list-box, .drawer, dialog[open]')]
          .filter(box => box.scrollWidth > box.clientWidth)
          .map(box => `${box.tagName}.${box.className} is ${box.scrollWidth} wide in ${box.clientWidth}`)
        """);
}
