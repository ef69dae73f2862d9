using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
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
    public async Task A_key_is_revealed_to_an_administrator_and_the_audit_log_says_so()
    {
        var license = await Portal.CreateLicenseAsync("ada@example.com");
        var support = await LicensePage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser, license.Id, "ada@example.com");
        await Expect(support.Browser.Locator("[data-reveal]")).ToHaveCountAsync(0);

        var page = await LicensePage.OpenAsync((await SignInAsync()).Browser, license.Id, "ada@example.com");
        await page.OpenAsync("reveal");
        await Expect(page.Dialog).Not.ToContainTextAsync(license.Key);
        await page.Confirm.ClickAsync();
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
        var desk = Portal.Services.GetRequiredService<ISessionDesk>();
        var session = Portal.Registry.Live().Single().SessionId;
        Assert.NotEqual(second.Get("session_id"), session.ToString());
        await desk.LogOutAsync(PortalServer.Admin, [session], "shared", Timeout.InfiniteTimeSpan);
        await page.Browser.Locator("[data-lift]").ClickAsync();
        await Expect(page.Browser.Locator("[data-lift]")).ToHaveCountAsync(0);
        Assert.Equal(200, (await new ClientDevice(Portal, license.Key, "second-device").LogInAsync()).Status);
    }

    [Fact]
    public async Task A_license_that_is_not_there_says_so()
    {
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        await page.GotoAsync("/licenses/4711");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such license" })).ToBeVisibleAsync();
    }
}
