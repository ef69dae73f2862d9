using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>The list and its dialog, on a real database and a made-up board.</summary>
public sealed class LicensesPageTests : PageTests, IAsyncLifetime
{
    private TestDatabase database = null!;
    private IReadOnlyList<LicenseTarget> targets = [];

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading());
        foreach (var email in new[] { "anna@example.com", "bert@example.com" })
            await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new(email, new LicenseTerm.Days(3)));
        targets = await database.Get<LicenseQueries>().TargetsAsync(new LicenseFilter(), 10);
        Services.AddSingleton(database.Get<LicenseQueries>());
        Services.AddSingleton(database.Get<SharingRanking>());
        Services.AddSingleton(database.Get<LicenseBulk>());
        Services.AddSingleton(database.Get<LicenseIssuer>());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeComponentsAsync();
        await database.DisposeAsync();
        Dispose();
    }

    [Fact]
    public void A_viewer_sees_the_list_and_is_offered_nothing_that_changes_it()
    {
        SignIn("Viewer");
        var page = Render<LicensesPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tr[data-license]").Count));
        Assert.Empty(page.FindAll(".c-pick, .selection-bar, [data-new]"));
        Assert.Equal(2, page.FindAll(".soon").Count);
    }

    [Fact]
    public void A_state_that_there_is_not_shows_nothing_and_can_be_cleared()
    {
        SignIn("Viewer");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/?state=foo");
        var page = Render<LicensesPage>();
        page.WaitForAssertion(() => Assert.Contains("“foo”", page.Find(".empty li").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("tr[data-license], a[href*=export]"));
        page.Find(".empty button").Click();
        page.WaitForAssertion(() => Assert.DoesNotContain("state", Address, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_that_there_is_not_is_the_first_one_and_the_address_stays()
    {
        SignIn("Viewer");
        Services.GetRequiredService<NavigationManager>().NavigateTo("/?after=cut-off&sort=customer");
        var page = Render<LicensesPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tr[data-license]").Count));
        page.WaitForAssertion(() => Assert.Equal("2 licenses", page.Find(".pager [role=status]").TextContent));
        Assert.EndsWith("/?after=cut-off&sort=customer", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_cannot_be_read_says_so_and_can_be_tried_again()
    {
        SignIn("Viewer");
        Services.AddSingleton(new LicenseQueries(new StoreAway(), TimeProvider.System));
        var page = Render<LicensesPage>();
        page.WaitForAssertion(() => Assert.Equal("The licenses could not be read", page.Find(".empty h2").TextContent));
        page.Find(".empty button").Click();
        page.WaitForAssertion(() => Assert.Equal("The licenses could not be read", page.Find(".empty h2").TextContent));
    }

    [Theory]
    [InlineData("Support", 3)]
    [InlineData("Administrator", 5)]
    public void A_selection_offers_what_the_role_may_do(string role, int actions)
    {
        SignIn(role);
        var page = Render<LicensesPage>();
        page.WaitForElement("tr[data-license] .c-pick input").Change(true);
        // What else arrives, as the count, may have the page's turn: a click comes after it.
        page.WaitForAssertion(() => Assert.Equal(actions, page.FindAll("[data-act]").Count));
    }

    [Fact]
    public async Task Seats_in_use_follow_by_push_until_the_page_is_gone()
    {
        SignIn("Viewer");
        var page = Render<LicensesPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tr[data-license]").Count));
        Assert.Empty(page.FindAll(".in-use"));
        // Two symbols of one machine hold one seat.
        Monitor.Publish(Row(1) with { LicenseId = targets[0].Id }, Row(2) with { LicenseId = targets[0].Id });
        page.WaitForAssertion(() => Assert.Equal("1 of 1", page.Find(".in-use").TextContent));
        Assert.Equal(1, Monitor.Listeners);
        await DisposeComponentsAsync();
        Assert.Equal(0, Monitor.Listeners);
    }

    [Fact]
    public void What_ends_sessions_says_how_many_and_an_open_position_wants_a_confirmation()
    {
        SignIn("Administrator");
        Monitor.Publish(Row(1, position: 2) with { LicenseId = targets[0].Id }, Row(2) with { LicenseId = targets[1].Id }, Row(3));
        var dialog = Render<ActionDialog>(with => with.Add(d => d.Kind, ActionKind.Cancel).Add(d => d.Targets, targets));
        var button = dialog.Find("[data-confirm]");
        Assert.Equal("Cancel 2 licenses, ending 2 sessions", button.TextContent);
        Assert.True(button.HasAttribute("disabled"));
        dialog.Find(".notice input").Change(true);
        dialog.Find("[data-confirm]").Click();
        dialog.WaitForAssertion(() => Assert.Contains("2 done, 0 unchanged, 0 refused.", dialog.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void One_license_that_refuses_says_why_and_stays_open()
    {
        SignIn("Support");
        var closed = false;
        var dialog = Render<ActionDialog>(with => with.Add(d => d.Kind, ActionKind.Extend).Add(d => d.Targets, targets.Take(1).ToList()).Add(d => d.Closed, () => closed = true));
        Assert.True(dialog.Find("[data-confirm]").HasAttribute("disabled"));
        dialog.Find("#extend-until").Change("2026-01-02");
        dialog.Find("[data-confirm]").Click();
        dialog.WaitForAssertion(() => Assert.Contains("is good until", dialog.Find(".field-problem").TextContent, StringComparison.Ordinal));
        Assert.False(closed);
        dialog.FindAll(".chip")[1].Click();
        dialog.Find("[data-confirm]").Click();
        dialog.WaitForAssertion(() => Assert.True(closed));
        Assert.Single(Notifications);
    }

    [Fact]
    public void A_role_that_may_not_is_told_and_nothing_is_done()
    {
        SignIn("Viewer");
        var dialog = Render<ActionDialog>(with => with.Add(d => d.Kind, ActionKind.Suspend).Add(d => d.Targets, targets));
        dialog.Find("[data-confirm]").Click();
        dialog.WaitForAssertion(() => Assert.Contains("This needs the role Support.", dialog.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }
}
