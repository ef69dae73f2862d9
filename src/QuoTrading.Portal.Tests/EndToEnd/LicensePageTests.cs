using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class LicensePageTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task Suspending_ends_a_live_bots_session_and_reactivating_lets_it_go_on()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var bot = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
        var page = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToHaveCountAsync(0);
        await bot.LogInAsync();
        await Expect(page.Live).ToHaveCountAsync(1);
        await Expect(page.Devices).ToHaveCountAsync(1);
        await Expect(page.Facts).ToContainTextAsync("1 of 1");

        await page.Act("Suspend").ClickAsync();
        await Expect(page.Confirm).ToHaveTextAsync("Suspend 1 license, ending 1 session");
        await page.Confirm.ClickAsync();
        await Expect(page.Live).ToHaveCountAsync(0);
        await Expect(page.AuditLog).ToContainTextAsync("Suspended by");
        Assert.Equal("license_suspended", (await bot.BeatAsync()).Get("code"));

        await page.Act("Reactivate").ClickAsync();
        await page.Confirm.ClickAsync();
        await Expect(page.Act("Suspend")).ToBeVisibleAsync();
        Assert.Equal(200, (await bot.BeatAsync()).Status);
        await Expect(page.Live).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_second_of_two_editors_is_told_field_by_field_and_loses_nothing()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await page.OpenAsync("edit");
        await page.Dialog.GetByLabel("Note").FillAsync("mine");
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(3));
        await page.Confirm.ClickAsync();
        await Expect(page.Dialog.Locator("[data-newer]")).ToContainTextAsync("Seats: now 3");

        await page.Dialog.Locator("[data-on-top]").ClickAsync();
        await Expect(page.Dialog).ToHaveCountAsync(0);
        await Expect(page.Facts).ToContainTextAsync("mine");
        await Expect(page.Facts).ToContainTextAsync("0 of 3");
    }

    [Fact]
    public async Task Fewer_seats_name_the_sessions_that_will_end()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com", seats: 2);
        var older = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
        var newer = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
        await older.AskAsync("/api/main", ("device_name", "OLD-PC"));
        await newer.AskAsync("/api/main", ("device_name", "NEW-PC"));
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToHaveCountAsync(2);
        await page.OpenAsync("edit");
        await page.Dialog.GetByLabel("Seats").FillAsync("1");
        await Expect(page.Dialog.Locator("[data-ending]")).ToContainTextAsync("NEW-PC");
        await Expect(page.Dialog.Locator("[data-ending]")).Not.ToContainTextAsync("OLD-PC");
        await Expect(page.Confirm).ToHaveTextAsync("Save, ending 1 session");
        await page.Confirm.ClickAsync();
        await Expect(page.Live).ToHaveCountAsync(1);
        await Expect(page.Live).ToContainTextAsync(["OLD-PC"]);
    }

    [Fact]
    public async Task An_expiry_that_has_passed_wants_a_tick_where_a_position_is_open()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var bot = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
        await bot.AskAsync("/api/main", ("device_name", "OFFICE-04"));
        await bot.BeatAsync(("metadata", new { symbol = "ES", current_position = 2, position_pnl = 137 }));
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToContainTextAsync(["long 2 ES"]);
        await page.OpenAsync("edit");
        await page.Dialog.GetByLabel("Never expires").UncheckAsync();
        await page.Dialog.GetByLabel("Expires (UTC)").FillAsync("2020-01-01T00:00:01");
        await page.Dialog.GetByLabel("Note").ClickAsync();
        await Expect(page.Dialog.Locator("[data-positions]")).ToContainTextAsync("long 2 ES, +$137");
        await page.Confirm.ClickAsync();
        await Expect(page.Dialog.Locator("[data-positions] [role=alert]")).ToBeInViewportAsync();
        Assert.Equal(200, (await bot.BeatAsync()).Status);

        await page.Dialog.GetByLabel("Save all the same").CheckAsync();
        await page.Confirm.ClickAsync();
        await Expect(page.Live).ToHaveCountAsync(0);
        Assert.Equal("license_expired", (await bot.BeatAsync()).Get("code"));
    }

    [Fact]
    public async Task On_a_phone_who_is_on_it_stands_above_what_may_be_done()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        await new ClientDevice(Portal, license.Key, "d1").LogInAsync();
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToHaveCountAsync(1);
        Assert.True(await TopOfAsync(".license-actions") < await TopOfAsync(".live-now"));
        await page.Browser.SetViewportSizeAsync(360, 740);
        Assert.True(await TopOfAsync(".live-now") < await TopOfAsync(".license-actions"));
        Assert.True(await TopOfAsync(".license-actions") < await TopOfAsync(".timeline"));

        async Task<double> TopOfAsync(string what) => (await page.Browser.Locator(what).BoundingBoxAsync())!.Y;
    }

    [Fact]
    public async Task Devices_of_one_name_are_told_apart_and_the_legend_names_every_colour()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com", seats: 2);
        await new ClientDevice(Portal, license.Key, "3f9a1c0d5e7b2a64").AskAsync("/api/main", ("device_name", "OFFICE"));
        await new ClientDevice(Portal, license.Key, "77aa1c0d5e7b2a64").AskAsync("/api/main", ("device_name", "OFFICE"));
        var page = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser, license.Id, "ada@example.com");
        await Expect(page.Timeline).ToHaveCountAsync(2);
        await Expect(page.Timeline.Filter(new() { HasText = "3f9a1c0d…" })).ToHaveCountAsync(1);
        await Expect(page.Timeline.Filter(new() { HasText = "77aa1c0d…" })).ToHaveCountAsync(1);
        await Expect(page.Browser.Locator(".timeline + .hint")).ToContainTextAsync("live now");
    }

    [Fact]
    public async Task A_slash_leads_from_a_license_to_the_search_among_all()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var page = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser, license.Id, "ada@example.com");
        await page.Browser.Keyboard.PressAsync("/");
        await Expect(page.Browser.Locator("#license-search")).ToBeFocusedAsync();
        await page.Browser.Keyboard.TypeAsync("ada");
        await Expect(page.Browser.Locator("#license-search")).ToHaveValueAsync("ada");

        // From a page that is loaded as a whole, too.
        await (await page.GoToOnlineAsync()).GoToAccountAsync();
        // Its heading is there before its script is.
        await page.Browser.WaitForLoadStateAsync();
        await page.Browser.Keyboard.PressAsync("/");
        await Expect(page.Browser.Locator("#license-search")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_key_is_revealed_to_an_administrator_and_the_audit_log_says_so()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var support = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser, license.Id, "ada@example.com");
        await Expect(support.Browser.Locator("[data-reveal]")).ToHaveCountAsync(0);

        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await page.OpenAsync("reveal");
        await Expect(page.Dialog).Not.ToContainTextAsync(license.Key);
        await page.Dialog.GetByLabel("Reason").FillAsync("He lost it");
        await page.Browser.Keyboard.PressAsync("Enter");
        await Expect(page.Dialog.Locator("[data-key]")).ToHaveTextAsync(license.Key);
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(page.AuditLog).ToContainTextAsync("Key revealed");
        await Expect(page.Browser.Locator("body")).Not.ToContainTextAsync(license.Key);
    }

    [Fact]
    public async Task A_new_key_takes_the_place_of_the_old()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var bot = new ClientDevice(Portal, license.Key, "d1");
        await bot.LogInAsync();
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToHaveCountAsync(1);
        await page.OpenAsync("replace");
        await Expect(page.Confirm).ToHaveTextAsync("Replace the key, ending 1 session");
        await page.Confirm.ClickAsync();
        var key = (await page.Dialog.Locator("[data-key]").TextContentAsync())!;
        Assert.Equal("unknown_key", (await bot.BeatAsync()).Get("code"));
        Assert.Equal(200, (await new ClientDevice(Portal, key, "d1").LogInAsync()).Status);
    }

    [Fact]
    public async Task A_correction_of_the_customer_shows_everywhere()
    {
        var license = await Portal.CreateLicenseAsync("aad@example.com");
        await new ClientDevice(Portal, license.Key, "d1").LogInAsync();
        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "aad@example.com");
        await page.OpenAsync("customer");
        await page.Dialog.GetByLabel("E-mail address").FillAsync("Ada@Example.com");
        await page.Dialog.GetByLabel("Name").FillAsync("Ada");
        await page.Confirm.ClickAsync();
        await LicensePage.ArriveAsync(page.Browser, "ada@example.com");
        await Expect(page.AuditLog).ToContainTextAsync("email: aad@example.com → ada@example.com");
        var online = await page.GoToOnlineAsync();
        await online.ShowsAsync("ada@example.com");
    }

    [Fact]
    public async Task All_sessions_are_logged_out_together_and_a_kept_out_device_is_let_in_again()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com", seats: 2);
        await new ClientDevice(Portal, license.Key, "first-device").LogInAsync();
        var second = await new ClientDevice(Portal, license.Key, "second-device").LogInAsync();
        var page = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser, license.Id, "ada@example.com");
        await Expect(page.Live).ToHaveCountAsync(2);
        await page.Browser.Locator("[data-log-out-all]").ClickAsync();
        await (await LogOutDialog.ArriveAsync(page.Browser)).LogOutAsync("Payment problem");
        await Expect(page.Live).ToHaveCountAsync(0);

        await new ClientDevice(Portal, license.Key, "second-device").LogInAsync();
        await Expect(page.Live).ToHaveCountAsync(1);
        var service = Portal.Services.GetRequiredService<ISessionService>();
        var session = Portal.Registry.Live().Single().SessionId;
        Assert.NotEqual(second.Get("session_id"), session.ToString());
        await service.LogOutAsync(PortalServer.Admin, [session], "shared", Timeout.InfiniteTimeSpan);
        await page.Browser.Locator("[data-lift]").ClickAsync();
        await Expect(page.Browser.Locator("[data-lift]")).ToHaveCountAsync(0);
        Assert.Equal(200, (await new ClientDevice(Portal, license.Key, "second-device").LogInAsync()).Status);
    }

    [Fact]
    public async Task A_device_that_is_offline_is_kept_out_and_let_in_again_from_its_license()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var device = new ClientDevice(Portal, license.Key, Machine.Create().Fingerprint);
        await device.AskAsync("/api/main", ("device_name", "OLD-PC"));
        await device.ReleaseAsync();
        var viewer = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser, license.Id, "ada@example.com");
        await Expect(viewer.Devices).ToHaveCountAsync(1);
        await Expect(viewer.Browser.Locator("[data-keep-out]")).ToHaveCountAsync(0);

        var page = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser, license.Id, "ada@example.com");
        await page.OpenAsync("keep-out");
        await page.Dialog.GetByLabel("For how long").SelectOptionAsync("30 minutes");
        await page.Dialog.GetByRole(AriaRole.Textbox).FillAsync("Sold the computer");
        await page.Confirm.ClickAsync();
        await Expect(page.Dialog).ToHaveCountAsync(0);
        await Expect(page.Devices).ToContainTextAsync("Kept out until");
        await Expect(page.Devices).ToContainTextAsync("Sold the computer");
        await Expect(page.AuditLog).ToContainTextAsync("Device kept out");
        Assert.Equal("kept_out", (await device.LogInAsync()).Get("code"));

        var online = await page.GoToOnlineAsync();
        await Expect(online.Browser.Locator("[data-kept-out-count]")).ToHaveTextAsync("1");
        var list = await online.OpenKeptOutAsync();
        await Expect(list.Devices).ToContainTextAsync("OLD-PC");
        await LicensePage.OpenAsync(page.Browser, license.Id, "ada@example.com");
        await page.Browser.Locator("[data-lift]").ClickAsync();
        await Expect(page.Browser.Locator("[data-keep-out]")).ToBeVisibleAsync();
        Assert.Equal(200, (await device.LogInAsync()).Status);
    }

    [Fact]
    public async Task A_license_that_is_not_there_says_so()
    {
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        await page.GotoAsync("/licenses/4711");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such license" })).ToBeVisibleAsync();
    }
}
