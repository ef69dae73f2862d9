using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class OnlineListTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task Search_and_order_act_as_one_types_and_survive_a_reload()
    {
        foreach (var email in new[] { "bert@example.com", "ada@example.com", "cleo@elsewhere.example" }) await StartBotAsync(email);
        var online = await SignInAsync(PortalRole.Viewer);
        await online.ShowsAsync("cleo@elsewhere.example", "ada@example.com", "bert@example.com");

        await online.SortByAsync("Customer");
        await online.ShowsAsync("ada@example.com", "bert@example.com", "cleo@elsewhere.example");
        await online.Search.PressSequentiallyAsync("@example.com");
        await online.SortByAsync("Customer");
        await online.ShowsAsync("bert@example.com", "ada@example.com");
        await Expect(online.Counts).ToHaveTextAsync("3 online · 2 shown");
        await Expect(online.Browser).ToHaveURLAsync(Like(@"\?sort=-customer&q=%40example\.com$"));

        await online.Browser.ReloadAsync();
        online = await OnlinePage.ArriveAsync(online.Browser);
        await Expect(online.Search).ToHaveValueAsync("@example.com");
        await online.ShowsAsync("bert@example.com", "ada@example.com");
    }

    [Fact]
    public async Task Back_closes_what_is_open_beside_the_list_and_leads_on_from_there()
    {
        var (ada, bert) = (await StartBotAsync("ada@example.com"), await StartBotAsync("bert@example.com"));
        var online = await SignInAsync(PortalRole.Viewer);
        var settings = await online.GoToSettingsAsync();
        online = await settings.GoToOnlineAsync();
        var (page, drawer) = (online.Browser, online.Browser.Locator(".drawer"));

        await online.Row(ada).Locator(".opener").ClickAsync();
        await Expect(page).ToHaveURLAsync(Like($@"\?session={ada.SessionId}$"));
        await online.Row(bert).Locator(".opener").ClickAsync();
        await Expect(page).ToHaveURLAsync(Like($@"\?session={bert.SessionId}$"));
        await page.GoBackAsync();
        await Expect(drawer).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync("/online");
        await page.GoForwardAsync();
        await Expect(drawer).ToContainTextAsync("bert@example.com");

        foreach (var close in new[] { () => page.Keyboard.PressAsync("Escape"), () => drawer.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync() })
        {
            await close();
            await Expect(drawer).ToHaveCountAsync(0);
            await Expect(page).ToHaveURLAsync("/online");
            await online.Row(ada).Locator(".opener").ClickAsync();
            await Expect(page).ToHaveURLAsync(Like($@"\?session={ada.SessionId}$"));
        }

        await page.ReloadAsync();
        await OnlinePage.ArriveAsync(page);
        await Expect(drawer).ToContainTextAsync("ada@example.com");
        await page.GoBackAsync();
        await Expect(drawer).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await SettingsPage.ArriveAsync(page);
    }

    [Fact]
    public async Task Logging_out_stays_in_view_however_many_columns_are_chosen()
    {
        var bot = await StartBotAsync("a-customer-with-a-rather-long-address@trading-company.example.com", ("device_name", "TRADING-PC-7"), ("bot_version", "2.1.0"), ("symbol", "ES"));
        var online = await SignInAsync(PortalRole.Support);
        await online.Browser.Locator("summary[title=Columns]").ClickAsync();
        foreach (var box in await online.Browser.Locator("input[data-column]").AllAsync()) await box.CheckAsync();
        await online.Browser.Keyboard.PressAsync("Escape");
        Assert.True(await online.List.EvaluateAsync<bool>("box => box.scrollWidth > box.clientWidth"));
        await Expect(online.Row(bot).Locator(".c-act button")).ToBeInViewportAsync(new() { Ratio = 1 });
        await online.AskToLogOutAsync(bot);
    }

    [Fact]
    public async Task On_a_phone_a_row_shows_the_masked_key()
    {
        var bot = await StartBotAsync();
        var online = await SignInAsync(PortalRole.Support, width: 360, height: 740);
        await Expect(online.Row(bot).GetByText(LicenseKey.Mask(bot.Device.Key)).Filter(new() { Visible = true })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_place_and_the_selection_stay_while_rows_come_and_go()
    {
        await SetAsync(new(SessionTimeoutSeconds: 3600));
        var bots = await StartManyAsync(300);
        var online = await SignInAsync(PortalRole.Support);
        await Expect(online.Counts).ToContainTextAsync("300 online");
        // Until the rows below are laid out there is nothing to scroll to.
        await Until.TrueAsync(() => online.List.EvaluateAsync<bool>("box => { box.scrollTop = 6000; return box.scrollTop === 6000; }"), "the list is as long as its rows");
        // The newest stand on top, 48 pixels each, so this one is in view now.
        var read = bots[300 - 130];
        await online.Choice(read).CheckAsync();
        var index = int.Parse((await online.Row(read).GetAttributeAsync("aria-rowindex"))!, CultureInfo.InvariantCulture);
        var top = (await online.Row(read).BoundingBoxAsync())!.Y;

        // More at once would push all that was in view beyond what is drawn.
        foreach (var count in new[] { 310, 320 })
        {
            foreach (var bot in await StartManyAsync(10)) await bot.BeatAsync();
            await Expect(online.Counts).ToContainTextAsync($"{count} online");
            await StaysAtAsync(online, read, top);
        }

        foreach (var gone in bots[280..290]) await gone.Device.ReleaseAsync();
        await Expect(online.Counts).ToContainTextAsync("310 online");
        await StaysAtAsync(online, read, top);

        await Expect(online.Choice(read)).ToBeCheckedAsync();
        // Twenty came above it, and ten of those that stood there are gone.
        await Expect(online.Row(read)).ToHaveAttributeAsync("aria-rowindex", $"{index + 20 - 10}");
        await Expect(online.LogOutSelection).ToContainTextAsync("Log out 1 session");
    }

    [Fact]
    public async Task A_row_says_how_long_its_bot_is_silent_and_how_long_it_has_left()
    {
        await SetAsync(new(SessionTimeoutSeconds: 25, HeartbeatIntervalSeconds: 2));
        var online = await SignInAsync(PortalRole.Viewer);
        var bot = await StartBotAsync();
        var time = online.Row(bot).Locator(".c-lastseen time");
        var bar = online.Row(bot).Locator(".drain");
        var before = await time.GetAttributeAsync("data-at") ?? "";
        var until = await bar.GetAttributeAsync("data-until") ?? "";
        await Expect(time).ToHaveTextAsync(Like(@"^\d+ s ago · \d+\ss\sleft$"));
        await Expect(time).ToHaveClassAsync("late");

        Assert.Equal(200, (await bot.BeatAsync()).Status);

        await Expect(time).Not.ToHaveAttributeAsync("data-at", before);
        await Expect(bar).Not.ToHaveAttributeAsync("data-until", until);
        await Expect(time).ToHaveTextAsync(Like(@"^\d s ago$"));
        await Expect(time).Not.ToHaveClassAsync("late");
        Assert.Equal(1, await bar.EvaluateAsync<int>("bar => bar.getAnimations().filter(a => a.playState === 'running').length"));
    }

    [Fact]
    public async Task What_a_bot_reports_shows_by_itself()
    {
        var bot = await StartBotAsync("ada@example.com", ("device_name", "<b>Desk</b>"));
        var online = await SignInAsync(PortalRole.Viewer, width: 1600);
        await Expect(online.Row(bot).Locator(".c-device")).ToContainTextAsync("<b>Desk</b>");
        await bot.HoldAsync(-1, -20.5m, "NQ");
        await Expect(online.Row(bot).Locator(".c-position .first")).ToHaveTextAsync("short 1 NQ");
        await Expect(online.Row(bot).Locator(".c-profitandloss")).ToHaveTextAsync("−$20.50");
        await bot.HoldAsync(0, 0);
        await Expect(online.Row(bot).Locator(".c-position")).ToHaveTextAsync("flat");
    }

    [Fact]
    public async Task Keys_find_the_search_and_list_themselves()
    {
        await StartBotAsync();
        var online = await SignInAsync(PortalRole.Viewer);
        var keys = online.Browser.Keyboard;
        await keys.PressAsync("/");
        await Expect(online.Search).ToBeFocusedAsync();
        await keys.TypeAsync("/?");
        await Expect(online.Search).ToHaveValueAsync("/?");

        await online.List.Or(online.Browser.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Show all 1" })).FocusAsync();
        await keys.PressAsync("?");
        var list = online.Browser.GetByRole(Microsoft.Playwright.AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });
        await Expect(list).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(list).ToBeHiddenAsync();
    }

    private static Task StaysAtAsync(OnlinePage online, OnlineBot bot, float top) =>
        Until.TrueAsync(async () => Math.Abs((await online.Row(bot).BoundingBoxAsync())!.Y - top) <= 1, "the row stays where it was");

    private static Regex Like([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    private async Task SetAsync(SessionSettingsChange change) =>
        Assert.Empty(await Portal.Services.GetRequiredService<ISessionService>().ChangeSettingsAsync(PortalServer.Admin, change));

    private async Task<OnlineBot[]> StartManyAsync(int count)
    {
        const string email = "many@example.com";
        var outcome = await Portal.Services.GetRequiredService<LicenseIssuer>().IssueAsync(PortalServer.Admin, new LicenseOrder(email, new LicenseTerm.Days(30), Count: count));
        var bots = new List<OnlineBot>(count);
        foreach (var license in ((IssueOutcome.Issued)outcome).Licenses)
        {
            var device = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
            bots.Add(new OnlineBot(device, email, (await device.StartAsync()).Get("session_id")!));
        }

        return [.. bots];
    }
}
