using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

public sealed class LicensesTests(Chromium chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_new_license_shows_its_key_once_and_the_key_finds_it_without_getting_into_the_address()
    {
        await Portal.CreateKeyAsync("bert@example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync()).Browser);
        var key = await licenses.CreateAsync("new@example.com");
        Assert.True(LicenseKey.IsOwn(key));
        Assert.Equal(200, (await new ClientDevice(Portal, key, "d1").LogInAsync()).Status);
        await licenses.Dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(licenses.Rows).ToHaveCountAsync(2);
        await Expect(licenses.Row("new@example.com")).ToContainTextAsync("1 of 1");
        await Expect(licenses.Browser.Locator("body")).Not.ToContainTextAsync(key);

        await licenses.Search.FillAsync(key.ToLowerInvariant());
        await Expect(licenses.Rows).ToHaveCountAsync(1);
        await Expect(licenses.Row("new@example.com")).ToBeVisibleAsync();
        Assert.Equal("/licenses", new Uri(licenses.Browser.Url).PathAndQuery);
        await Expect(licenses.Browser.GetByRole(AriaRole.Link, new() { Name = "Export CSV" })).ToHaveCountAsync(0);

        await licenses.Search.FillAsync("bert");
        await Expect(licenses.Row("bert@example.com")).ToBeVisibleAsync();
        await licenses.Browser.WaitForURLAsync("**/licenses?q=bert");
        await licenses.Browser.ReloadAsync();
        await Expect(licenses.Rows).ToHaveCountAsync(1);
        await licenses.GoToAsync("bert@example.com");
    }

    [Fact]
    public async Task Suspending_a_selection_says_what_ends_and_ends_it()
    {
        var bot = await StartBotAsync("ada@example.com");
        await StartBotAsync("cleo@example.com");
        await Portal.CreateKeyAsync("bert@example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync(PortalRole.Support)).Browser);
        await Expect(licenses.Row("ada@example.com")).ToContainTextAsync("1 of 1");
        await licenses.SelectAsync("ada@example.com");
        await licenses.SelectAsync("bert@example.com");
        await Expect(licenses.Act("Delete")).ToHaveCountAsync(0);
        await licenses.Act("Suspend").ClickAsync();
        await Expect(licenses.Confirm).ToHaveTextAsync("Suspend 2 licenses, ending 1 session");
        await licenses.Confirm.ClickAsync();

        await Expect(licenses.Dialog).ToContainTextAsync("2 done, 0 unchanged, 0 refused. 1 session ended.");
        await licenses.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(licenses.Rows.Filter(new() { HasText = "Suspended" })).ToHaveCountAsync(2);
        Assert.Equal("license_suspended", (await bot.BeatAsync()).Get("code"));
    }

    [Fact]
    public async Task Everything_that_a_filter_finds_can_be_extended_and_what_was_refused_says_why()
    {
        for (var i = 0; i < 60; i++) await Portal.CreateKeyAsync($"many{i:00}@example.com", term: i == 7 ? new LicenseTerm.Lifetime() : null);
        await Portal.CreateKeyAsync("other@example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync()).Browser, "?q=many");
        await Expect(licenses.Rows).ToHaveCountAsync(50);
        await licenses.Browser.GetByLabel("Select all on this page").CheckAsync();
        await licenses.Browser.GetByRole(AriaRole.Button, new() { Name = "Select all 60 that match" }).ClickAsync();
        await licenses.Act("Extend").ClickAsync();
        await licenses.Dialog.GetByRole(AriaRole.Button, new() { Name = "+90 days" }).ClickAsync();
        await Expect(licenses.Confirm).ToHaveTextAsync("Extend 60 licenses");
        await licenses.Confirm.ClickAsync();

        await Expect(licenses.Dialog).ToContainTextAsync("59 done, 0 unchanged, 1 refused.");
        await Expect(licenses.Dialog.GetByRole(AriaRole.Listitem)).ToContainTextAsync(["The license never expires"]);
        var late = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(100);
        Assert.Equal(59, await ReadAsync(db => db.Licenses.CountAsync(l => l.ExpiresAt > late)));
    }

    [Fact]
    public async Task Deleting_wants_the_words_typed()
    {
        await Portal.CreateKeyAsync("gone@example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync()).Browser);
        await licenses.SelectAsync("gone@example.com");
        await licenses.Act("Delete").ClickAsync();
        await Expect(licenses.Confirm).ToBeDisabledAsync();
        await licenses.Dialog.Locator("#action-typed").FillAsync("gone@example.com");
        await licenses.Confirm.ClickAsync();
        await Expect(licenses.Browser.GetByRole(AriaRole.Heading, new() { Name = "There is no license yet" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_key_is_tested_and_nothing_is_changed()
    {
        var bot = await StartBotAsync("ada@example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync(PortalRole.Viewer)).Browser);
        await licenses.Browser.GetByRole(AriaRole.Button, new() { Name = "Test a key" }).ClickAsync();
        await licenses.Dialog.GetByLabel("License key").FillAsync(bot.Device.Key);
        await licenses.Confirm.ClickAsync();
        await Expect(licenses.Dialog.Locator("[data-answer='/api/main']")).ToContainTextAsync("Please stop the bot on the other computer first.");
        await Expect(licenses.Dialog.Locator("[data-answer='/api/heartbeat']")).ToContainTextAsync("session_conflict");
        await licenses.Dialog.GetByLabel("Device fingerprint").FillAsync(bot.Device.Fingerprint);
        await licenses.Confirm.ClickAsync();
        await Expect(licenses.Dialog.Locator("[data-answer='/api/main']")).ToContainTextAsync("It holds a live session");
        Assert.Equal(0, await ReadAsync(db => db.SessionEvents.CountAsync(e => e.Kind == EventKind.Refused)));
    }

    [Fact]
    public async Task The_list_can_be_used_on_a_phone()
    {
        await StartBotAsync("a-customer-with-a-rather-long-address@trading-company.example.com");
        var licenses = await LicensesPage.OpenAsync((await SignInAsync(width: 360, height: 740)).Browser);
        await Expect(licenses.Rows).ToContainTextAsync(["1 of 1"]);
        Assert.True(await licenses.Browser.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        var license = await licenses.GoToAsync("a-customer-with-a-rather-long-address@trading-company.example.com");
        await Expect(license.Live).ToHaveCountAsync(1);
        Assert.True(await license.Browser.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }

    [Fact]
    public async Task An_import_is_shown_before_it_is_done_and_bad_rows_say_why()
    {
        const string Header = "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n";
        var page = (await SignInAsync()).Browser;
        var import = await ImportPage.OpenAsync(page);
        await import.ChooseAsync("old.csv", Header + "1,anna@example.com,KEY-0000-0001,MONTHLY,active,31.12.2027,\n2,nobody,KEY-0000-0002,MONTHLY,active,,\n3,carl@example.com,KEY-0000-0003,MONTHLY,active,,\n");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "2 things are wrong, 1 row is good." })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "looks like day.month.year" })).ToContainTextAsync("2");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "no e-mail address" })).ToContainTextAsync("3");

        await import.ChooseAsync("new.csv", Header + "1,anna@example.com,KEY-0000-0001,MONTHLY,active,2027-12-31,\n3,carl@example.com,KEY-0000-0003,MONTHLY,active,,\n");
        await Expect(page.Locator("[data-added]")).ToHaveTextAsync("2 licenses");
        Assert.Equal(0, await ReadAsync(db => db.Licenses.CountAsync()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 licenses" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "new.csv is imported" })).ToBeVisibleAsync();
        Assert.Equal(2, await ReadAsync(db => db.Licenses.CountAsync()));
        Assert.Equal(200, (await new ClientDevice(Portal, "KEY-0000-0003", "d1").LogInAsync()).Status);
    }

    [Fact]
    public async Task The_export_is_the_list_with_masked_keys_and_no_formula()
    {
        var issuer = Portal.Services.GetRequiredService<LicenseIssuer>();
        var issued = (IssueOutcome.Issued)await issuer.IssueAsync(PortalServer.Admin, new LicenseOrder("ada@example.com", new LicenseTerm.Lifetime(), CustomerName: "=1+1", Note: "@SUM(A1)"));
        await Portal.CreateKeyAsync("bert@example.com");
        var page = (await SignInAsync(PortalRole.Viewer)).Browser;
        var list = await LicensesPage.OpenAsync(page, "?q=ada");
        var download = await page.RunAndWaitForDownloadAsync(() => list.Browser.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
        Assert.Matches("^licenses-[0-9-]{10}\\.csv$", download.SuggestedFilename);
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        var text = await reader.ReadToEndAsync();
        Assert.Contains("\"'=1+1\"", text, StringComparison.Ordinal);
        Assert.Contains("\"'@SUM(A1)\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(issued.Licenses[0].Key, text, StringComparison.Ordinal);
        Assert.DoesNotContain("bert", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Trim().Split('\n').Length);

        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
        Assert.Equal(302, (int)(await stranger.GetAsync(new Uri("/export/licenses.csv", UriKind.Relative))).StatusCode);
    }

    private async Task<T> ReadAsync<T>(Func<PortalDbContext, Task<T>> read)
    {
        await using var db = await Portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await read(db);
    }
}
