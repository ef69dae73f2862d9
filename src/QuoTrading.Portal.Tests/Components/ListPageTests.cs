using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Activity;
using QuoTrading.Portal.Components.Pages.Audit;
using QuoTrading.Portal.Components.Pages.History;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed class ListPageTests : PageTests, IAsyncLifetime
{
    private TestDatabase database = null!;
    private Gate gate = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading().AddSingleton<AuditQueries>());
        Services.AddSingleton(database.Get<SessionQueries>());
        Services.AddSingleton(database.Get<EventQueries>());
        gate = new Gate(database.Get<IDbContextFactory<PortalDbContext>>());
        Services.AddSingleton(new LicenseQueries(gate, database.Time));
        Services.AddSingleton(database.Get<DeviceNames>());
        Services.AddSingleton(database.Get<AuditQueries>());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeComponentsAsync();
        await DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_says_so_and_can_be_asked_again()
    {
        SignIn("Viewer");
        await ExecuteAsync("""ALTER TABLE "SessionHistory" RENAME TO "Away" """);
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal("The history could not be read", page.Find("[role=alert] h2").TextContent));
        Assert.DoesNotContain("SQLite", page.Markup, StringComparison.OrdinalIgnoreCase);

        await ExecuteAsync("""ALTER TABLE "Away" RENAME TO "SessionHistory" """);
        page.Find("[role=alert] button").Click();
        page.WaitForAssertion(() => Assert.Equal("No session yet", page.Find(".empty h2").TextContent));
    }

    [Fact]
    public void A_filter_that_cannot_be_read_shows_nothing_rather_than_everything()
    {
        SignIn("Viewer");
        GoTo("/history?from=yesterday&license=x");
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal("Filters in the address are not known", page.Find(".empty h2").TextContent));
        Assert.Equal(2, page.FindAll(".empty li").Count);
        Assert.Empty(page.FindAll("table"));
    }

    [Fact]
    public void A_key_of_a_page_that_is_none_leads_to_the_beginning()
    {
        SignIn("Viewer");
        GoTo("/history?end=live&after=cut-off");
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.EndsWith("/history?end=live", Address, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("No session matches", page.Find(".empty h2").TextContent));
    }

    [Fact]
    public async Task A_whole_key_becomes_the_number_of_its_license()
    {
        SignIn("Viewer");
        var issued = (IssueOutcome.Issued)await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("ada@example.com", new LicenseTerm.Days(3)));
        var page = Render<HistoryPage>();
        page.Find("#filter-customer").Change(issued.Licenses[0].Key.ToLowerInvariant());
        page.WaitForAssertion(() => Assert.EndsWith($"/?license={issued.Licenses[0].Id}", Address, StringComparison.Ordinal));

        page.Find("#filter-customer").Change(LicenseKey.Create());
        page.WaitForAssertion(() => Assert.Equal("No license has this key", Assert.Single(Notifications).Summary));
    }

    [Fact]
    public async Task Groups_of_a_key_become_the_number_of_its_license_and_never_an_address()
    {
        SignIn("Viewer");
        var issued = (IssueOutcome.Issued)await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("ada@example.com", new LicenseTerm.Days(3)));
        var (id, key) = (issued.Licenses[0].Id, issued.Licenses[0].Key);
        await AddSessionAsync(id);
        var page = Render<HistoryPage>();
        page.Find("#filter-customer").Change(key[..11]);
        page.WaitForAssertion(() => Assert.EndsWith($"/?license={id}", Address, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("ada@example.com", page.Find("[data-license-chip]").TextContent, StringComparison.Ordinal));
        Assert.Equal("", page.Find("#filter-customer").GetAttribute("value") ?? "");
        GoTo(page.Find("[data-license-chip]").GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-license-chip]")));

        page.Find("#filter-customer").Change("00000-00000");
        page.WaitForAssertion(() => Assert.StartsWith("No license has a key", page.Find(".search-told").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("00000", Address, StringComparison.Ordinal);
        page.Find("#filter-customer").Change("Ada exam");
        page.WaitForAssertion(() => Assert.EndsWith("customer=Ada%20exam", Address, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tr[data-session]")));
        Assert.Equal("", page.Find(".search-told").TextContent);
    }

    [Fact]
    public async Task A_search_that_takes_longer_than_a_later_one_changes_nothing_any_more()
    {
        SignIn("Viewer");
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal("No session yet", page.Find(".empty h2").TextContent));
        var waiting = gate.Close();
        page.Find("#filter-customer").Change("adamant");
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        page.Find("#filter-customer").Change("ada");
        page.WaitForAssertion(() => Assert.EndsWith("customer=ada", Address, StringComparison.Ordinal));

        gate.Open();
        page.Find("#filter-customer").Change("bert");
        page.WaitForAssertion(() => Assert.EndsWith("customer=bert", Address, StringComparison.Ordinal));
        Assert.DoesNotContain(History, went => went.Uri.Contains("adamant", StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_licenses_than_can_be_looked_for_are_said_to_be_too_many()
    {
        SignIn("Viewer");
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("reseller@example.com", new LicenseTerm.Days(3), Count: CustomerFilter.MostFound));
        GoTo("/history?customer=reseller");
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal("No session matches", page.Find(".empty h2").TextContent));
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("reseller@example.com", new LicenseTerm.Days(3)));
        await AddSessionAsync(1);
        GoTo("/history?customer=resell");
        page.WaitForAssertion(() => Assert.Equal("Too many match", page.Find(".empty h2").TextContent));
        Assert.StartsWith("More than 1,000 licenses match “resell”.", page.Find(".empty p").TextContent, StringComparison.Ordinal);
        GoTo("/history?customer==ada@example.com");
        page.WaitForAssertion(() => Assert.DoesNotContain("Too many", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task New_events_are_announced_and_shown_when_asked_for()
    {
        SignIn("Viewer");
        await AddEventAsync("session_conflict");
        var page = Render<ActivityPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("[data-event]")));
        await page.InvokeAsync(page.Instance.LookForNewerAsync);
        Assert.Empty(page.FindAll(".newer button"));

        await AddEventAsync("unknown_key");
        await AddEventAsync("unknown_key");
        await page.InvokeAsync(page.Instance.LookForNewerAsync);
        page.WaitForAssertion(() => Assert.EndsWith("2 new – show", page.Find(".newer button").TextContent, StringComparison.Ordinal));
        Assert.Single(page.FindAll("[data-event]"));

        page.Find(".newer button").Click();
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("[data-event]").Count));
        Assert.Empty(page.FindAll(".newer button"));
    }

    [Fact]
    public async Task Only_new_events_of_the_filter_are_announced()
    {
        SignIn("Viewer");
        GoTo("/?kind=refused&code=session_conflict");
        var page = Render<ActivityPage>();
        page.WaitForAssertion(() => Assert.Equal("Nothing matches", page.Find(".empty h2").TextContent));
        await AddEventAsync("unknown_key");
        await page.InvokeAsync(page.Instance.LookForNewerAsync);
        Assert.Empty(page.FindAll(".newer button"));
        await AddEventAsync("session_conflict");
        await page.InvokeAsync(page.Instance.LookForNewerAsync);
        page.WaitForAssertion(() => Assert.EndsWith("1 new – show", page.Find(".newer button").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void The_audit_log_shows_nothing_to_who_may_not_read_it()
    {
        SignIn("Support");
        var page = Render<AuditPage>();
        page.WaitForAssertion(() => Assert.Equal("The audit log could not be read", page.Find("[role=alert] h2").TextContent));
        Assert.Empty(page.FindAll("table"));
    }

    [Fact]
    public async Task The_audit_log_is_told_in_words()
    {
        SignIn("Administrator");
        var issued = (IssueOutcome.Issued)await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("ada@example.com", new LicenseTerm.Days(3), Note: null));
        var id = issued.Licenses[0].Id;
        await database.Get<LicenseService>().ChangeAsync(Actors.Administrator, id, new LicenseChange.SetNote("Pays late."), reason: "as he asked");
        await database.Get<LicenseService>().ChangeAsync(Actors.Administrator, id, new LicenseChange.SetExpiry(null));
        GoTo("/audit");
        var page = Render<AuditPage>();
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tr[data-entry]").Count));
        string[] told = [.. page.FindAll(".c-changes .differences").Select(changes => string.Join(" | ", changes.Children.Select(line => line.TextContent.Trim())))];
        Assert.Matches("^Expires: 20.* UTC → never$", told[0]);
        Assert.Equal("Note: was empty → Pays late.", told[1]);
        Assert.Matches("^Licenses: 1 \\| Plan: MONTHLY \\| Expires: 20.* UTC \\| Seats: 1", told[2]);
        var rows = page.FindAll("tr[data-entry]");
        Assert.Contains("Reason: as he asked", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains(LicenseKey.Mask(issued.Licenses[0].Key), rows[0].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("_", page.Find("tbody").TextContent, StringComparison.Ordinal);
        foreach (var action in AuditFormat.ActionChoices) Assert.NotEqual(action.Key.TrimStart('='), action.Value);

        await ExecuteAsync("""DELETE FROM "Licenses" """);
        GoTo("/audit?kind=license");
        page.WaitForAssertion(() => Assert.All(page.FindAll("tr[data-entry] td[data-label='To what'] a"), link => Assert.Equal($"/history?license={id}", link.GetAttribute("href"))));
    }

    [Fact]
    public async Task A_session_of_a_deleted_license_is_found_by_its_device_and_who_asks_for_the_customer_is_told_so()
    {
        SignIn("Viewer");
        var issued = (IssueOutcome.Issued)await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder("ada@example.com", new LicenseTerm.Days(3)));
        await AddSessionAsync(issued.Licenses[0].Id);
        GoTo("/history?customer=ada");
        var page = Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tr[data-session]")));
        await ExecuteAsync("""DELETE FROM "Licenses" """);
        await database.Writer.RunAsync(unit =>
        {
            new CommitRows(unit).Anonymise(issued.Licenses[0].Id);
            return Task.CompletedTask;
        });

        GoTo("/history?customer=ada@");
        page.WaitForAssertion(() => Assert.Contains("Sessions of deleted licenses carry no customer", page.Find(".empty").TextContent, StringComparison.Ordinal));
        GoTo("/history?device=no-such-device");
        page.WaitForAssertion(() => Assert.DoesNotContain("deleted", page.Find(".empty").TextContent, StringComparison.Ordinal));
        foreach (var found in new[] { "/history?device=3f9a", $"/history?license={issued.Licenses[0].Id}" })
        {
            GoTo(found);
            page.WaitForAssertion(() => Assert.Contains("(deleted)", page.Find("tr[data-session]").TextContent, StringComparison.Ordinal));
        }
    }

    private void GoTo(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private Task ExecuteAsync(string sql) => database.Writer.RunAsync(unit =>
    {
        unit.Execute(sql);
        return Task.CompletedTask;
    });

    private Task AddSessionAsync(long licenseId) => database.Writer.RunAsync(unit =>
    {
        unit.Db.SessionHistory.Add(new PastSession
        {
            SessionId = Guid.CreateVersion7(database.Time.Now),
            LicenseId = licenseId,
            CustomerEmail = "ada@example.com",
            KeyMasked = "ABCD-…-WXYZ",
            Plan = "MONTHLY",
            Device = "3f9a1c0d5e7b2a64",
            Address = "192.0.2.1",
            StartedAt = database.Time.Now.UtcDateTime,
        });
        return Task.CompletedTask;
    });

    private Task AddEventAsync(string code) => database.Writer.RunAsync(unit =>
    {
        var now = database.Time.Now.UtcDateTime;
        unit.Db.SessionEvents.Add(new SessionEvent { At = now, LastAt = now, Kind = EventKind.Refused, Code = code, Address = "192.0.2.1" });
        return Task.CompletedTask;
    });

    /// <summary>Holds up the first who asks for the database after it was closed.</summary>
    private sealed class Gate(IDbContextFactory<PortalDbContext> contexts) : IDbContextFactory<PortalDbContext>
    {
        private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? closed;

        /// <returns>Completes when somebody waits.</returns>
        public Task Close() => (closed = new()).Task;

        public void Open() => open.SetResult();

        public PortalDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<PortalDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref closed, null) is { } first)
            {
                first.SetResult();
                await open.Task;
            }

            return await contexts.CreateDbContextAsync(cancellationToken);
        }
    }
}
