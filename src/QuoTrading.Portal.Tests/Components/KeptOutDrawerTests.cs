using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>The list beside Online, on a real database and a made-up board.</summary>
public sealed class KeptOutDrawerTests : PageTests, IAsyncLifetime
{
    private TestDatabase database = null!;
    private IssuedLicense license = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading());
        license = Assert.IsType<IssueOutcome.Issued>(await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("ada@example.com", new LicenseTerm.Lifetime()))).Licenses[0];
        Services.AddSingleton(database.Get<KeptOutDevices>());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeComponentsAsync();
        await DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_viewer_opens_the_list_reads_all_about_it_and_is_offered_nothing()
    {
        SignIn("Viewer");
        await KeepOutAsync(until: null, "3f9a1c0d5e7b2a64");
        await KeepOutAsync(Noon.AddHours(1), "4b1d");
        await NameAsync("4b1d", "OFFICE-04");
        var page = Render<OnlinePage>();
        page.Find("[data-kept-out-list]").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("[data-kept-out]").Count));
        Assert.EndsWith("?list=kept-out", Address, StringComparison.Ordinal);
        Assert.Equal("OFFICE-04", page.Find("[data-kept-out='4b1d'] .device strong").TextContent);
        var row = page.Find("[data-kept-out='3f9a1c0d5e7b2a64']");
        Assert.Equal($"/licenses/{license.Id}", row.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal($"ada@example.com {LicenseKey.Mask(license.Key)}", row.QuerySelector("a")!.TextContent);
        Assert.Equal("3f9a1c0d…", row.QuerySelector("[title='3f9a1c0d5e7b2a64']")!.TextContent);
        Assert.Contains("by support@example.com", row.TextContent, StringComparison.Ordinal);
        Assert.Contains(": shared", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("for good", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("ends 2026-01-01 13:00 UTC", page.Find("[data-kept-out='4b1d']").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-lift]"));

        ((FakeTime)Services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromHours(1));
        Monitor.Publish(Row(1));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-kept-out='4b1d']")));

        page.Find(".drawer [data-cancel]").Click();
        Assert.Empty(page.FindAll(".drawer"));
        // As Back does, so that Back leads to the page before this one.
        JSInterop.VerifyInvoke("history.back");
    }

    [Fact]
    public async Task Support_lets_a_device_in_and_its_row_goes()
    {
        SignIn("Support");
        await KeepOutAsync(until: null, "first", "second");
        var page = Open();
        page.WaitForElement("[data-kept-out=first] [data-lift]").Click();

        page.WaitForAssertion(() => Assert.Equal("second", Assert.Single(page.FindAll("[data-kept-out]")).GetAttribute("data-kept-out")));
        Assert.Equal([(license.Id, "first")], Service.Lifted);
        Assert.Equal("first may log in again", Assert.Single(Notifications).Summary);
        Assert.Contains("1 device may", page.Find(".kept-out").TextContent, StringComparison.Ordinal);

        page.Find("[data-lift]").Click();
        page.WaitForAssertion(() => Assert.Equal("No device is kept out", page.Find(".drawer .empty h2").TextContent));
    }

    [Fact]
    public async Task A_device_that_cannot_be_let_in_now_stays_in_the_list()
    {
        SignIn("Support");
        await KeepOutAsync(until: null, "first");
        Service.Fails = new StoreUnavailableException("disk I/O error at /secret/path");
        var page = Open();
        page.WaitForElement("[data-lift]").Click();
        page.WaitForAssertion(() => Assert.DoesNotContain("secret", Assert.Single(Notifications).Detail, StringComparison.Ordinal));
        Assert.Single(page.FindAll("[data-kept-out]"));
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_says_so_and_can_be_asked_again()
    {
        SignIn("Viewer");
        await ExecuteAsync("""ALTER TABLE "DeviceMarks" RENAME TO "Away" """);
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal("The list of devices could not be read", page.Find(".drawer [role=alert] h2").TextContent));

        await ExecuteAsync("""ALTER TABLE "Away" RENAME TO "DeviceMarks" """);
        page.Find(".drawer [role=alert] button").Click();
        page.WaitForAssertion(() => Assert.Equal("No device is kept out", page.Find(".drawer .empty h2").TextContent));
    }

    [Fact]
    public async Task More_than_the_list_has_room_for_are_told()
    {
        SignIn("Viewer");
        await KeepOutAsync(until: null, [.. Enumerable.Range(0, KeptOutDevices.Most + 1).Select(number => $"device-{number}")]);
        var page = Open();
        // So many rows take a slow machine some time.
        var summary = page.WaitForElement(".kept-out > p", TimeSpan.FromSeconds(20));
        Assert.StartsWith("More than 1,000 devices", summary.TextContent, StringComparison.Ordinal);
        Assert.Equal(KeptOutDevices.Most, page.FindAll("[data-kept-out]").Count);
    }

    [Fact]
    public void A_session_and_the_list_are_not_open_at_once()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1));
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal("Kept out", page.Find(".drawer > header h2").TextContent));
        page.Find("tr[data-session] .opener").Click();
        page.WaitForAssertion(() => Assert.Equal("a@example.com", page.Find(".drawer > header h2").TextContent));
        Assert.DoesNotContain("list=", Address, StringComparison.Ordinal);
        page.Find("[data-kept-out-list]").Click();
        page.WaitForAssertion(() => Assert.Equal("Kept out", Assert.Single(page.FindAll(".drawer > header h2")).TextContent));
        Assert.DoesNotContain("session=", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void The_button_carries_how_many_there_are()
    {
        SignIn("Viewer");
        var page = Render<OnlinePage>();
        Assert.Empty(page.FindAll("[data-kept-out-count]"));
        Monitor.KeptOut = 2;
        Monitor.Publish(Row(1));
        page.WaitForAssertion(() => Assert.Equal("2", page.Find("[data-kept-out-list] [data-kept-out-count]").TextContent));
    }

    private IRenderedComponent<OnlinePage> Open()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online?list=kept-out");
        return Render<OnlinePage>();
    }

    private Task KeepOutAsync(DateTime? until, params string[] devices) => database.Writer.RunAsync(unit =>
    {
        unit.Db.DeviceMarks.AddRange(devices.Select(device => new DeviceMark
        {
            LicenseId = license.Id,
            Device = device,
            Kind = MarkKind.KeptOut,
            Until = until,
            SetAt = Noon,
            SetBy = "support@example.com",
            Reason = "shared",
        }));
        return Task.CompletedTask;
    });

    private Task NameAsync(string device, string name) => database.Writer.RunAsync(unit =>
    {
        unit.Db.LicenseDevices.Add(new LicenseDevice { LicenseId = license.Id, Device = device, Name = name, FirstSeenAt = Noon, LastLoginAt = Noon, Logins = 1 });
        return Task.CompletedTask;
    });

    private Task ExecuteAsync(string sql) => database.Writer.RunAsync(unit =>
    {
        unit.Execute(sql);
        return Task.CompletedTask;
    });
}
