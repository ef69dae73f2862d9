using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

public sealed class OnlineViewTests
{
    private readonly OnlineView view = new();

    [Fact]
    public void A_new_snapshot_keeps_search_order_and_selection()
    {
        Show(Row(1, "anna@example.com"), Row(2, "bert@example.com"), Row(3, "anna2@example.com"));
        view.SearchFor("anna");
        view.OrderBy(new OnlineSort(OnlineColumn.Customer, Descending: false));
        view.Select(Row(1).SessionId, on: true);

        Show(Row(1, "anna@example.com"), Row(3, "anna2@example.com"), Row(4, "anna1@example.com"));

        Assert.Equal(["anna1@example.com", "anna2@example.com", "anna@example.com"], view.Shown.Select(row => row.CustomerEmail));
        Assert.Equal([Row(1).SessionId], view.Selected);
    }

    [Fact]
    public void A_selected_session_that_ends_drops_out_of_the_selection()
    {
        Show(Row(1), Row(2));
        view.SelectShown(on: true);
        Show(Row(2));
        Assert.Equal([Row(2).SessionId], view.Selected);
    }

    [Fact]
    public void The_header_selects_what_the_search_shows_and_leaves_the_rest()
    {
        Show(Row(1, "anna@example.com"), Row(2, "bert@example.com"));
        view.SearchFor("anna");
        view.SelectShown(on: true);
        Assert.True(view.AllShownSelected);
        view.SearchFor("");
        Assert.Equal([Row(1).SessionId], view.Selected);
        Assert.False(view.AllShownSelected);
    }

    [Fact]
    public void What_was_logged_out_is_gone_at_once_and_stays_gone_until_the_snapshot_knows()
    {
        Show(Row(1), Row(2));
        view.Remove([Row(1).SessionId]);
        Assert.Equal([Row(2).SessionId], view.Shown.Select(row => row.SessionId));
        Assert.Equal(1, view.Online);
        Show(Row(1), Row(2), Row(3));
        Assert.Equal(2, view.Online);
        Show(Row(2), Row(3));
        Assert.Equal(2, view.Online);
    }

    [Theory]
    [InlineData("ANNA", 1)]
    [InlineData("wx02", 1)]
    [InlineData("pc-2", 1)]
    [InlineData("fingerprint1", 1)]
    [InlineData("192.0.2.1", 2)]
    [InlineData("anna es", 1)]
    [InlineData("anna pc-2", 0)]
    [InlineData("   ", 2)]
    public void The_search_wants_every_word_somewhere(string text, int found)
    {
        Show(Row(1, "anna@example.com"), Row(2, "bert@example.com"));
        view.SearchFor(text);
        Assert.Equal(found, view.Shown.Count);
    }

    [Theory]
    [InlineData(null, OnlineColumn.Since, true)]
    [InlineData("customer", OnlineColumn.Customer, false)]
    [InlineData("-lastseen", OnlineColumn.LastSeen, true)]
    [InlineData("nonsense", OnlineColumn.Since, true)]
    [InlineData("-", OnlineColumn.Since, true)]
    [InlineData("3", OnlineColumn.Since, true)]
    public void The_order_is_read_from_the_address(string? text, OnlineColumn column, bool descending) =>
        Assert.Equal(new OnlineSort(column, descending), OnlineQuery.ReadSort(text));

    [Fact]
    public void Every_order_survives_the_address()
    {
        foreach (var column in Enum.GetValues<OnlineColumn>())
            foreach (var sort in new OnlineSort[] { new(column, false), new(column, true) })
                Assert.Equal(sort, OnlineQuery.ReadSort(OnlineQuery.WriteSort(sort)));
    }

    [Fact]
    public void Positions_and_money_read_as_people_say_them()
    {
        Assert.Equal("long 2 ES, +$137", OnlineFormat.PositionWithProfit(Row(1, position: 2, profit: 137)));
        Assert.Equal("short 1 ES, −$20.50", OnlineFormat.PositionWithProfit(Row(1, position: -1, profit: -20.5m)));
        Assert.Equal("flat", OnlineFormat.PositionWithProfit(Row(1, position: 0, profit: 0)));
        Assert.Equal("–", OnlineFormat.Position(Row(1)));
    }

    private void Show(params OnlineRow[] rows) => view.Show(new OnlineSnapshot(rows, Noon));

    [Theory]
    [InlineData("KEY-7", 7)]
    [InlineData("fingerprint7...", 7)]
    [InlineData("fingerprint7…", 7)]
    [InlineData("ZWX07", 7)]
    public void What_a_caller_reads_out_finds_his_row(string text, int number)
    {
        view.Show(new OnlineSnapshot([Rows.Row(5), Rows.Row(7)], Rows.Noon));
        view.SearchFor(text);
        Assert.Equal(Rows.Row(number).SessionId, Assert.Single(view.Shown).SessionId);
    }

    [Theory]
    [InlineData("KEY-7", "")]
    [InlineData("vfaea-f4pvn-52kx1-a67ps-qnyv8", "")]
    [InlineData("vfaea f4pvn 52kx1 a67ps qnyv8", "")]
    [InlineData("VFAEAF4PVN52KX1", "")]
    [InlineData("WX07", "WX07")]
    public void A_whole_key_does_not_get_into_the_address_of_the_page(string text, string shared)
    {
        view.Show(new OnlineSnapshot([Rows.Row(7)], Rows.Noon));
        view.SearchFor(text);
        Assert.Equal((text, shared), (view.Search, view.ShareableSearch));
    }

    [Fact]
    public void What_one_machine_runs_on_one_seat_is_one_line_until_it_is_opened()
    {
        var (first, second) = (Rows.Row(1) with { LicenseId = 9 }, Rows.Row(2) with { LicenseId = 9, Symbol = "NQ" });
        view.Show(new OnlineSnapshot([first, Rows.Row(3), second], Rows.Noon));
        view.OrderBy(new OnlineSort(OnlineColumn.LastSeen, Descending: false));
        Assert.Equal(3, view.Shown.Count);
        Assert.Equal([new OnlineLine(first, SeatSharers: 1, OnSeat: 2), new OnlineLine(Rows.Row(3))], view.Lines.OrderBy(line => line.Row.SessionId));
        Assert.Equal([first.SessionId, second.SessionId], view.SessionsOf(view.Lines.Single(line => line.SeatSharers == 1)));

        view.Toggle(first);
        Assert.Equal(3, view.Lines.Count);
        Assert.True(view.Lines.Single(line => line.Row.SessionId == second.SessionId).IsSeatSharer);
        view.Toggle(second);
        Assert.Equal(2, view.Lines.Count);
    }

    [Fact]
    public void A_folded_line_has_the_mark_of_whichever_of_its_devices_is_in_two_places()
    {
        var mark = new CopiedMark(CopySign.TwoNetworks, "here and there", 1);
        var (first, second) = (Rows.Row(1) with { LicenseId = 9 }, Rows.Row(2) with { LicenseId = 9, Symbol = "NQ", Copied = mark });
        view.Show(new OnlineSnapshot([first, second], Rows.Noon));
        view.OrderBy(new OnlineSort(OnlineColumn.LastSeen, Descending: false));
        Assert.Equal(mark, Assert.Single(view.Lines).Copied);

        view.Toggle(first);
        Assert.Equal([null, mark], view.Lines.OrderBy(line => line.Row.SessionId).Select(line => line.Copied));
    }

    [Fact]
    public void Sessions_on_two_seats_of_a_license_are_two_lines()
    {
        view.Show(new OnlineSnapshot([Rows.Row(1) with { LicenseId = 9 }, Rows.Row(2) with { LicenseId = 9, Seat = 2 }], Rows.Noon));
        Assert.Equal(2, view.Lines.Count);
    }

    [Fact]
    public void A_filter_narrows_the_list_by_state_position_and_license()
    {
        view.Show(new OnlineSnapshot([Rows.Row(1, position: 2), Rows.Row(2) with { Status = "idle" }, Rows.Row(3) with { Status = null }], Rows.Noon));
        view.FilterBy(new OnlineFilter(Status: "idle"));
        Assert.Equal([2], view.Shown.Select(row => (int)row.LicenseId));
        view.FilterBy(new OnlineFilter(Status: "online"));
        Assert.Equal(2, view.Shown.Count);
        view.FilterBy(new OnlineFilter(OnlyOpen: true));
        Assert.Equal([1], view.Shown.Select(row => (int)row.LicenseId));
        view.FilterBy(new OnlineFilter(LicenseId: 3));
        Assert.Equal([3], view.Shown.Select(row => (int)row.LicenseId));
        Assert.Equal(3, view.Online);
    }
}
