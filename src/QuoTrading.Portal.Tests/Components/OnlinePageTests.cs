using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

public sealed class OnlinePageTests : PageTests
{
    [Fact]
    public void Sessions_come_and_go_by_push()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1, "anna@example.com"));
        var page = Render<OnlinePage>();
        page.WaitForAssertion(() => Assert.Contains("anna@example.com", page.Markup, StringComparison.Ordinal));

        Monitor.Publish(Row(2, "bert@example.com"));

        page.WaitForAssertion(() => Assert.Contains("bert@example.com", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("anna@example.com", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_gone_listens_no_more()
    {
        SignIn("Viewer");
        Render<OnlinePage>();
        Assert.Equal(1, Monitor.Listeners);
        await DisposeComponentsAsync();
        Assert.Equal(0, Monitor.Listeners);
        Monitor.Publish(Row(1));
    }

    [Fact]
    public void A_device_in_two_places_has_a_mark_that_says_where()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1), Row(2) with { Copied = new CopiedMark(CopySign.TwoNetworks, "192.0.2.0/24 and 198.51.100.0/24", 1) });
        var page = Render<OnlinePage>();
        Assert.Empty(page.FindAll($"tr[data-session='{Row(1).SessionId}'] .copied"));
        var mark = page.Find($"tr[data-session='{Row(2).SessionId}'] .c-device .copied");
        Assert.Equal("Copied device? Two networks", mark.GetAttribute("aria-label"));
        Assert.Contains("192.0.2.0/24 and 198.51.100.0/24", mark.GetAttribute("title"), StringComparison.Ordinal);
        page.Find($"tr[data-session='{Row(2).SessionId}'] .opener").Click();
        Assert.Contains("192.0.2.0/24 and 198.51.100.0/24", page.Find("[data-copied]").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false, "Apps and symbols of one machine, on one seat")]
    [InlineData(3, true, "3 devices on one seat: apps and symbols of one machine, or a shared key")]
    public void More_than_two_devices_on_a_seat_stand_out(int devices, bool standsOut, string says)
    {
        SignIn("Viewer");
        Monitor.Publish([.. Enumerable.Range(1, devices).Select(i => Row(i) with { LicenseId = 9, Symbol = $"S{i}" })]);
        var chip = Render<OnlinePage>().Find(".mates");
        Assert.Equal((standsOut, says), (chip.ClassList.Contains("many"), chip.GetAttribute("title")));
    }

    [Fact]
    public void What_a_client_writes_turns_no_other_text_around()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1) with { DeviceName = "\u05d0\u05d1\u05d2 PC", BotVersion = "\u05d0 1.0", Symbol = "ES" });
        var page = Render<OnlinePage>();
        Assert.All(new[] { ".c-device", ".c-version", ".c-symbol", ".c-position" }, cell => Assert.NotNull(page.Find($"{cell} .first bdi")));
    }

    [Fact]
    public void With_nobody_online_it_says_what_to_do()
    {
        SignIn("Viewer");
        var page = Render<OnlinePage>();
        Assert.Equal("Nobody is online", page.Find(".empty h2").TextContent);
    }

    [Fact]
    public void A_search_narrows_the_list_and_is_kept_in_the_address()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1, "anna@example.com"), Row(2, "bert@example.com"));
        var page = Render<OnlinePage>();
        page.Find("[data-search]").Input("anna");
        Assert.Equal("2 online · 1 shown", page.Find(".counts").TextContent);
        Assert.EndsWith("?q=anna", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bookmark_opens_with_its_search_and_order()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1, "b@example.com"), Row(2, "a@example.com"), Row(3, "c@other.example"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online?q=example.com&sort=customer");
        var page = Render<OnlinePage>();
        Assert.Equal(["a@example.com", "b@example.com"], page.FindAll(".c-customer .first").Select(cell => cell.TextContent));
    }

    [Fact]
    public void A_viewer_is_not_offered_to_log_out()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1));
        var page = Render<OnlinePage>();
        Assert.Single(page.FindAll("tr[data-session]"));
        Assert.Empty(page.FindAll(".c-act, .c-pick"));
    }

    [Fact]
    public void Logging_out_wants_a_reason_and_then_the_row_is_gone()
    {
        SignIn("Support");
        Monitor.Publish(Row(1), Row(2));
        var page = Render<OnlinePage>();
        page.Find($"tr[data-session='{Row(1).SessionId}'] .c-act button").Click();
        page.Find("[data-confirm]").Click();
        Assert.Empty(Service.LoggedOut);
        Assert.Single(page.FindAll("#reason-problem"));

        page.Find("#reason").Input(" hangs ");
        page.Find("[data-confirm]").Click();

        var (actor, sessions, reason) = Assert.Single(Service.LoggedOut);
        Assert.Equal(("someone@example.com", PortalRole.Support, "hangs"), (actor.Name, actor.Role, reason));
        Assert.Equal([Row(1).SessionId], sessions);
        Assert.Equal([Row(2).SessionId.ToString()], page.FindAll("tr[data-session]").Select(row => row.GetAttribute("data-session")));
        Assert.Empty(page.FindAll("dialog"));
        Assert.Single(Notifications);
    }

    [Fact]
    public void An_open_position_is_named_and_wants_a_second_confirmation()
    {
        SignIn("Support");
        Monitor.Publish(Row(1, position: 2, profit: 137));
        var page = Render<OnlinePage>();
        page.Find(".c-act button").Click();
        Assert.Contains("long 2 ES, +$137", page.Find("dialog").TextContent, StringComparison.Ordinal);
        page.Find("#reason").Input("asked");
        page.Find("[data-confirm]").Click();
        Assert.Empty(Service.LoggedOut);
        page.Find("#open-position").Change(true);
        page.Find("[data-confirm]").Click();
        Assert.Single(Service.LoggedOut);
    }

    [Fact]
    public void Several_programs_are_one_line_and_each_has_its_own_in_the_details()
    {
        SignIn("Viewer");
        Monitor.Publish(TwoPrograms(es: 2, nq: -1));
        var page = Render<OnlinePage>();
        Assert.Equal(("ES, NQ", "2 programs"), (page.Find(".c-symbol .first").TextContent, page.Find(".c-symbol .second").TextContent));
        Assert.Equal(("long 2 ES, short 1 NQ", "+$117"), (page.Find(".c-position .first").TextContent, page.Find(".c-position .second").TextContent));
        Assert.Equal("+$70", page.Find(".c-profitandloss .first").TextContent);

        page.Find(".opener").Click();
        var programs = page.FindAll("[data-programs] .program");
        Assert.Equal(["bot-ES", "program without a name"], programs.Select(program => program.QuerySelector("strong")!.TextContent));
        Assert.Equal([["ES", "long 2 ES, +$137", "+$100", "2.1"], ["NQ", "short 1 NQ, −$20", "−$30", "–"]], programs.Select(program => program.QuerySelectorAll("dd").Select(told => told.TextContent)));
        Assert.Equal(Noon.AddSeconds(-10).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture), programs[1].QuerySelector("time")!.GetAttribute("data-at"));
    }

    [Fact]
    public void A_logout_names_the_positions_of_all_programs_and_one_opened_since_takes_the_confirmation_back()
    {
        SignIn("Support");
        Monitor.Publish(TwoPrograms(es: 2, nq: 0));
        var page = Render<OnlinePage>();
        page.Find(".c-act button").Click();
        Assert.Equal(["bot-ES: long 2 ES, +$137"], page.FindAll("[data-positions] .position").Select(position => position.TextContent));
        page.Find("#reason").Input("asked");
        page.Find("#open-position").Change(true);

        Monitor.Publish(TwoPrograms(es: 2, nq: -1));
        page.WaitForAssertion(() => Assert.Equal(
            ("It has 2 open positions:", "bot-ES: long 2 ES, +$137; program without a name: short 1 NQ, −$20"),
            (page.Find("[data-positions] strong").TextContent, string.Join("; ", page.FindAll("[data-positions] .position").Select(position => position.TextContent)))));
        page.Find("[data-confirm]").Click();
        Assert.Empty(Service.LoggedOut);

        page.Find("#open-position").Change(true);
        page.Find("[data-confirm]").Click();
        Assert.Single(Service.LoggedOut);
    }

    [Fact]
    public void A_position_opened_while_the_dialog_is_open_takes_the_confirmation_back()
    {
        SignIn("Support");
        Monitor.Publish(Row(1, position: 2), Row(2));
        var page = Render<OnlinePage>();
        page.Find(".c-pick input").Change(true);
        page.Find(".selection .danger").Click();
        page.Find("#reason").Input("asked");
        page.Find("#open-position").Change(true);

        Monitor.Publish(Row(1, position: 2), Row(2, position: -1));
        page.WaitForAssertion(() => Assert.Contains("2 of 2 have an open position", page.Find("dialog").TextContent, StringComparison.Ordinal));
        page.Find("[data-confirm]").Click();

        Assert.Empty(Service.LoggedOut);
    }

    [Fact]
    public void The_button_for_a_selection_says_how_many()
    {
        SignIn("Support");
        Monitor.Publish(Row(1), Row(2), Row(3));
        var page = Render<OnlinePage>();
        page.Find("th.c-pick input").Change(true);
        page.Find(".selection .danger").Click();
        Assert.Equal("Log out 3 sessions", page.Find("[data-confirm]").TextContent);

        Monitor.Publish(Row(1));
        page.WaitForAssertion(() => Assert.Equal("Log out 1 session", page.Find("[data-confirm]").TextContent));
    }

    [Fact]
    public void When_the_database_is_away_nothing_is_lost_and_the_notice_says_so()
    {
        SignIn("Support");
        Monitor.Publish(Row(1));
        Service.Fails = new StoreUnavailableException("disk I/O error at /secret/path");
        var page = Render<OnlinePage>();
        page.Find(".c-act button").Click();
        page.Find("#reason").Input("asked");
        page.Find("[data-confirm]").Click();

        Assert.Single(page.FindAll("dialog"));
        Assert.Single(page.FindAll("tr[data-session]"));
        var notice = Assert.Single(Notifications);
        Assert.DoesNotContain("secret", notice.Summary + notice.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_taken_away_meanwhile_is_told()
    {
        SignIn("Support");
        Monitor.Publish(Row(1));
        Service.Fails = new ForbiddenException(PortalRole.Support);
        var page = Render<OnlinePage>();
        page.Find(".c-act button").Click();
        page.Find("#reason").Input("asked");
        page.Find("[data-confirm]").Click();
        Assert.Equal("This needs the role Support.", Assert.Single(Notifications).Detail);
    }

    [Fact]
    public void A_logout_may_keep_the_device_out_and_suspend_the_license()
    {
        SignIn("Support");
        Monitor.Publish(Row(1));
        var page = Render<OnlinePage>();
        page.Find(".c-act button").Click();
        page.Find("#keep-out").Change(true);
        page.Find(".also select").Change("240");
        Assert.Contains("cannot log in again for 4 hours", page.Find("dialog").TextContent, StringComparison.Ordinal);
        page.Find("#suspend").Change(true);
        Assert.EndsWith("and suspend", page.Find("[data-confirm]").TextContent, StringComparison.Ordinal);
        page.Find("#reason").Input("chargeback");
        page.Find("[data-confirm]").Click();

        Assert.Equal(TimeSpan.FromHours(4), Service.KeptOut);
        var (license, change, reason) = Assert.Single(LicenseService.Changes);
        Assert.Equal((1, "chargeback"), (license, reason));
        Assert.IsType<QuoTrading.Portal.Licensing.LicenseChange.Suspend>(change);
    }

    [Fact]
    public void Many_at_once_want_a_second_confirmation()
    {
        SignIn("Support");
        Monitor.Publish([.. Enumerable.Range(1, 25).Select(number => Row(number, $"c{number}@example.com"))]);
        var page = Render<OnlinePage>();
        page.Find(".more.end .danger").Click();
        Assert.Contains("all 25 customers", page.Find("dialog").TextContent, StringComparison.Ordinal);
        page.Find("#reason").Input("maintenance");
        page.Find("[data-confirm]").Click();
        Assert.Empty(Service.LoggedOut);
        page.Find("#many").Change(true);
        page.Find("[data-confirm]").Click();
        Assert.Equal(25, Assert.Single(Service.LoggedOut).Sessions.Length);
    }

    [Fact]
    public void What_opens_beside_the_list_is_a_step_of_the_history_and_all_else_changes_in_place()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1), Row(2));
        var page = Open();
        page.Find("[data-search]").Input("a@");
        Assert.True(History.First().Options.ReplaceHistoryEntry);
        page.Find($"tr[data-session='{Row(1).SessionId}'] .opener").Click();
        Assert.False(History.First().Options.ReplaceHistoryEntry);
        page.Find($"tr[data-session='{Row(2).SessionId}'] .opener").Click();
        Assert.True(History.First().Options.ReplaceHistoryEntry);

        // Back, as the browser tells it.
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online?q=a%40");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".drawer")));
        Assert.Equal("a@", page.Find("[data-search]").GetAttribute("value"));
    }

    [Fact]
    public void Whoever_goes_on_filtering_beside_an_open_drawer_keeps_that_when_he_closes_it()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1, position: 1), Row(2));
        var page = Open();
        page.Find($"tr[data-session='{Row(1).SessionId}'] .opener").Click();
        page.Find(".toolbar .chip").Click();
        page.Find(".drawer [data-cancel]").Click();
        JSInterop.VerifyNotInvoke("history.back");
        Assert.EndsWith("/online?open=1", Address, StringComparison.Ordinal);
        Assert.Equal("2 online · 1 shown", page.Find(".counts").TextContent);
    }

    [Fact]
    public void A_search_that_the_address_must_not_name_survives_opening_and_closing_a_drawer()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1), Row(2));
        var page = Open();
        page.Find("[data-search]").Input("KEY-1");
        page.Find("tr[data-session] .opener").Click();
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".drawer")));
        Assert.Equal("2 online · 1 shown", page.Find(".counts").TextContent);
        Assert.DoesNotContain(History, step => step.Uri.Contains("KEY-1", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("bert", "/licenses?q=bert")]
    [InlineData("KEY-1", "/licenses")]
    public void A_search_that_finds_nobody_online_goes_on_in_the_licenses_but_never_with_a_key(string search, string href)
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1), Row(2, position: 1));
        var page = Render<OnlinePage>();
        page.Find(".toolbar .chip").Click();
        page.Find("[data-search]").Input(search);
        Assert.Equal(href, page.Find(".empty [data-search-licenses]").GetAttribute("href"));

        Monitor.Publish();
        page.WaitForAssertion(() => Assert.Equal("Nobody is online", page.Find(".empty h2").TextContent));
        Assert.NotNull(page.Find(".empty [data-search-licenses]"));
        page.Find("[data-search]").Input("");
        Assert.Empty(page.FindAll("[data-search-licenses]"));
    }

    [Fact]
    public void A_bookmark_keeps_the_filter_the_selection_and_the_open_details()
    {
        SignIn("Support");
        var rows = new[] { Row(1, position: 1), Row(2), Row(3, position: 3) };
        Monitor.Publish(rows);
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/online?open=1&selected={rows[2].SessionId},nonsense&session={rows[0].SessionId}");
        var page = Render<OnlinePage>();
        Assert.Equal("3 online · 2 shown", page.Find(".counts").TextContent);
        Assert.Contains("1 selected", page.Find(".selection").TextContent, StringComparison.Ordinal);
        Assert.Contains("fingerprint1", page.Find(".drawer").TextContent, StringComparison.Ordinal);

        page.Find(".drawer [data-cancel]").Click();
        Assert.Empty(page.FindAll(".drawer"));
        Assert.DoesNotContain("session=", Address, StringComparison.Ordinal);
        Assert.Contains("open=1", Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session=garbage")]
    [InlineData("license=99999999999999999999")]
    public void An_address_that_somebody_mended_by_hand_does_not_take_the_page_down(string query)
    {
        SignIn("Viewer");
        Monitor.Publish(Row(1));
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/online?{query}");
        Assert.Equal("1 online · 1 shown", Render<OnlinePage>().Find(".counts").TextContent);
    }

    private IRenderedComponent<OnlinePage> Open()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/online");
        return Render<OnlinePage>();
    }

    // What the session itself says is of the one heard last, which is flat.
    private static OnlineRow TwoPrograms(decimal es, decimal nq) => Row(1, position: 0) with
    {
        Programs =
        [
            new OnlineProgram("bot-ES", "ES", "2.1", "online", new Telemetry(es, 137, 100), Noon),
            new OnlineProgram(null, "NQ", null, null, new Telemetry(nq, -20, -30), Noon.AddSeconds(-10)),
        ],
    };
}
