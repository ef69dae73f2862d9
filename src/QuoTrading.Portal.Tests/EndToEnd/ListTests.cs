using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class ListTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_filter_stays_in_the_address_over_a_reload_and_pages_go_forth_and_back()
    {
        await AddHistoryAsync("ada@example.com", 60);
        await AddHistoryAsync("bert@example.com", 3);
        var history = await ListsPage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser, "/history", "History");
        await Expect(history.Counted).ToHaveTextAsync("63 sessions");

        await history.FilterAsync("Customer or key", "ada@");
        await Expect(history.Counted).ToHaveTextAsync("60 sessions");
        await Expect(history.Browser).ToHaveURLAsync(new Regex("customer=ada%40", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await history.Browser.ReloadAsync();
        history = await ListsPage.ArriveAsync(history.Browser, "History");
        await Expect(history.Field("Customer or key")).ToHaveValueAsync("ada@");
        await Expect(history.Rows).ToHaveCountAsync(50);

        await history.PageAsync("Older");
        await Expect(history.Rows).ToHaveCountAsync(10);
        await history.PageAsync("Newer");
        await Expect(history.Rows).ToHaveCountAsync(50);
        await history.Browser.GoBackAsync();
        await Expect(history.Rows).ToHaveCountAsync(10);
        await history.FilterAsync("Customer or key", "=bert@example.com");
        await Expect(history.Rows).ToHaveCountAsync(3);
        await Expect(history.Counted).ToHaveTextAsync("3 sessions");

        var file = await history.DownloadAsync();
        Assert.Equal(1 + 3, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Who_types_already_when_the_heading_is_given_the_focus_goes_on_typing()
    {
        var page = (await SignInAsync(PortalRole.Support)).Browser;
        var list = await ListsPage.OpenAsync(page, "/history", "History");
        await list.Field("Device").FocusAsync();
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).EvaluateAsync("heading => { heading.tabIndex = -1; heading.focus(); }");
        await page.Keyboard.TypeAsync("office");
        await Expect(list.Field("Device")).ToHaveValueAsync("office");

        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).ClickAsync();
        await Expect(list.Field("Device")).Not.ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_support_hears_on_the_phone_is_found_while_it_is_typed()
    {
        var bot = await StartBotAsync("ada@example.com", ("device_name", "OFFICE-04"));
        await StartBotAsync("bert@example.com");
        var page = (await SignInAsync(PortalRole.Support)).Browser;
        foreach (var (path, heading) in new[] { ("/history", "History"), ("/activity", "Activity") })
        {
            var list = await ListsPage.OpenAsync(page, path, heading);
            await Expect(list.Rows).ToHaveCountAsync(2);
            await list.Field("Device").PressSequentiallyAsync("office");
            await Expect(list.Rows).ToHaveCountAsync(1);
            await Expect(list.Rows.First).ToContainTextAsync("OFFICE-04");
            await Expect(list.Field("Device")).ToBeFocusedAsync();
            await list.Field("Device").FillAsync("");
            await Expect(list.Rows).ToHaveCountAsync(2);

            await list.Field("Customer or key").PressSequentiallyAsync(bot.Device.Key[..11]);
            await Expect(list.Rows).ToHaveCountAsync(1);
            await Expect(page.Locator("[data-license-chip]")).ToContainTextAsync("ada@example.com");
            await Expect(list.Field("Customer or key")).ToHaveValueAsync("");
            Assert.DoesNotContain(bot.Device.Key[6..11], page.Url, StringComparison.Ordinal);
            await page.Locator("[data-license-chip]").ClickAsync();
            await Expect(list.Rows).ToHaveCountAsync(2);
            await Expect(page.Locator("[data-license-chip]")).ToHaveCountAsync(0);
        }
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task A_session_opens_beside_the_list_and_closes_by_keyboard(int width)
    {
        var bot = await StartBotAsync("ada@example.com", ("device_name", "OFFICE-04"));
        await bot.Device.ReleaseAsync();
        var history = await ListsPage.OpenAsync((await SignInAsync(PortalRole.Viewer, width)).Browser, "/history?end=released", "History");
        // Where a page that was just opened puts it, before anybody can press a key.
        await Expect(history.Browser.GetByRole(AriaRole.Heading, new() { Name = "History" })).ToBeFocusedAsync();
        var link = history.Rows.First.GetByRole(AriaRole.Link).First;
        await link.FocusAsync();
        await history.Browser.Keyboard.PressAsync("Enter");
        await Expect(history.Drawer.GetByRole(AriaRole.Heading, new() { Name = "ada@example.com" })).ToBeFocusedAsync();
        await Expect(history.Drawer).ToContainTextAsync(bot.Device.Fingerprint);
        await Expect(history.Drawer.Locator(".happened li")).ToHaveCountAsync(2);
        await Expect(history.Browser).ToHaveURLAsync(new Regex($"session={bot.SessionId}", RegexOptions.None, TimeSpan.FromSeconds(1)));

        await history.Browser.Keyboard.PressAsync("Escape");
        await Expect(history.Drawer).ToHaveCountAsync(0);
        await Expect(link).ToBeFocusedAsync();
        await Expect(history.Browser).ToHaveURLAsync(new Regex("/history\\?end=released$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Conflicts_are_one_click_away_and_new_ones_are_announced()
    {
        var bot = await StartBotAsync();
        await new ClientDevice(Portal, bot.Device.Key, Machine.Create().Fingerprint).StartAsync();
        var activity = await ListsPage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser, "/activity", "Activity");
        await Expect(activity.Rows).ToHaveCountAsync(2);
        await activity.Conflicts.ClickAsync();
        await Expect(activity.Rows).ToHaveCountAsync(1);
        await Expect(activity.Rows.First).ToContainTextAsync("In use on another device");
        await Expect(activity.Conflicts).ToHaveAttributeAsync("aria-pressed", "true");

        await new ClientDevice(Portal, bot.Device.Key, Machine.Create().Fingerprint).StartAsync();
        await Expect(activity.Newer).ToHaveTextAsync(new Regex("1 new – show$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(activity.Rows).ToHaveCountAsync(1);
        await activity.Newer.ClickAsync();
        await Expect(activity.Rows).ToHaveCountAsync(2);
        await Expect(activity.Newer).ToHaveCountAsync(0);
        Assert.Contains("session_conflict", await activity.DownloadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_log_tells_administrators_what_was_changed()
    {
        var settings = await (await SignInAsync()).GoToSettingsAsync();
        await settings.Timeout.FillAsync("120");
        await settings.SaveAsync();
        var audit = await ListsPage.OpenAsync(settings.Browser, "/audit?action=settings.", "Audit");
        await Expect(audit.Rows).ToHaveCountAsync(1);
        await Expect(audit.Rows.First).ToContainTextAsync("administrator-0@example.com");
        await Expect(audit.Rows.First.Locator(".differences li").Filter(new() { HasText = "timeout" })).ToContainTextAsync("90 → 120");
        Assert.Contains("settings.change", await audit.DownloadAsync(), StringComparison.Ordinal);

        var viewer = (await SignInAsync(PortalRole.Viewer)).Browser;
        await viewer.GotoAsync("/audit");
        await Expect(viewer.GetByRole(AriaRole.Heading, new() { Name = "Your role does not allow this" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_overview_leads_to_the_lists_behind_its_numbers_and_follows_who_is_online()
    {
        var bot = await StartBotAsync();
        await new ClientDevice(Portal, bot.Device.Key, Machine.Create().Fingerprint).StartAsync();
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        var overview = await OverviewPage.OpenAsync(page);
        await Expect(overview.Tile("online now").Locator(".tile-number")).ToHaveTextAsync("1");
        await Expect(overview.Tile("active licenses").Locator(".tile-number")).ToHaveTextAsync("1");
        await Expect(overview.Feed).ToHaveCountAsync(2);

        await StartBotAsync("bert@example.com");
        await Expect(overview.Tile("online now").Locator(".tile-number")).ToHaveTextAsync("2");
        await Expect(overview.Feed).ToHaveCountAsync(3);

        await page.GetByRole(AriaRole.Link, new() { Name = "7 days", Exact = true }).ClickAsync();
        await Expect(page.Locator("a.chip[aria-current=true]")).ToHaveTextAsync("7 days");
        await Expect(page).ToHaveURLAsync(new Regex("/\\?chart=7d$", RegexOptions.None, TimeSpan.FromSeconds(1)));

        await overview.Tile("refused in 24 h").ClickAsync();
        var activity = await ListsPage.ArriveAsync(page, "Activity");
        await Expect(activity.Rows).ToHaveCountAsync(1);
        await Expect(activity.Rows.First).ToContainTextAsync("In use on another device");
    }

    [Fact]
    public async Task The_overview_finds_a_customer_by_what_is_typed_after_a_slash_and_a_key_gets_into_no_address()
    {
        var bot = await StartBotAsync();
        await StartBotAsync("bert@example.com");
        var page = (await SignInAsync(PortalRole.Support)).Browser;
        var overview = await OverviewPage.OpenAsync(page);
        await page.Keyboard.PressAsync("/");
        await Expect(overview.Find).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("bert");
        await page.Keyboard.PressAsync("Enter");
        var licenses = await LicensesPage.ArriveAsync(page);
        await Expect(licenses.Rows).ToHaveCountAsync(1);
        await Expect(page).ToHaveURLAsync(new Regex("/licenses\\?q=bert$", RegexOptions.None, TimeSpan.FromSeconds(1)));

        overview = await OverviewPage.OpenAsync(page);
        await overview.Find.FillAsync(bot.Device.Key.Replace('-', ' '));
        await overview.Find.PressAsync("Enter");
        await LicensePage.ArriveAsync(page, "ada@example.com");
        Assert.DoesNotContain(bot.Device.Key[..5], page.Url, StringComparison.Ordinal);

        overview = await OverviewPage.OpenAsync(page);
        await overview.Feed.First.GetByRole(AriaRole.Link, new() { Name = "bert@example.com" }).ClickAsync();
        await LicensePage.ArriveAsync(page, "bert@example.com");
        await OverviewPage.OpenAsync(page);
        await overview.Feed.First.GetByRole(AriaRole.Link, new() { Name = "Logged in" }).ClickAsync();
        await Expect((await ListsPage.ArriveAsync(page, "Activity")).Rows).ToHaveCountAsync(2);
    }

    private async Task AddHistoryAsync(string email, int count)
    {
        var license = (await Portal.CreateLicenseAsync(email)).Id;
        var now = TimeProvider.System.GetUtcNow();
        await Portal.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            for (var i = 0; i < count; i++)
            {
                var at = now.AddHours(-1 - i);
                unit.Db.SessionHistory.Add(new PastSession
                {
                    SessionId = Guid.CreateVersion7(at),
                    LicenseId = license,
                    CustomerId = 1,
                    CustomerEmail = email,
                    KeyMasked = "ABCD-…-WXYZ",
                    Plan = "MONTHLY",
                    Device = "3f9a1c0d5e7b2a64",
                    Address = "192.0.2.7",
                    StartedAt = at.UtcDateTime,
                    EndedAt = at.UtcDateTime.AddMinutes(20),
                    EndReason = EndReason.TimedOut,
                });
            }

            return Task.CompletedTask;
        });
    }
}
