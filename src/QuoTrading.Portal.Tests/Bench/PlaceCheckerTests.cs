using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The history check's judge of who may share a seat, and until when. The timeout is 5 s, a seat has room for three.</summary>
public sealed class PlaceCheckerTests
{
    private static readonly DeviceLayout[] Bots = [new("aaaaaaaa1", "ES"), new("bbbbbbbb1", "NQ"), new("cccccccc1", "CL"), new("dddddddd1", "GC"), new("eeeeeeee1", null)];

    [Fact]
    public void A_seat_is_joined_from_its_network_alone()
    {
        Assert.Empty(Made().LogsIn(1, 0, "s").LogsIn(2, 1, "t").Check());
        Assert.Equal([Breach.JoinedWrongly], Made().From(2, 1).LogsIn(1, 0, "s").LogsIn(2, 1, "t").Check());
        // The one who leads has moved.
        Assert.Empty(Made().LogsIn(1, 0, "s").From(2, 0, 1).Holds(2, 0, "s").LogsIn(3, 1, "t").Check());
        Assert.Equal([Breach.JoinedWrongly], Made().LogsIn(1, 0, "s").From(2, 0).Holds(2, 0, "s").LogsIn(3, 1, "t").Check());
    }

    [Fact]
    public void Where_an_unanswered_message_may_have_moved_the_seat_nothing_is_claimed() =>
        Assert.Empty(Made().From(2, 1).LogsIn(1, 0, "s").From(2, 0).Lost(1.5, 0, Ask.Heartbeat).LogsIn(2, 1, "t").Check());

    [Fact]
    public void A_kill_may_take_a_place_back_with_the_heartbeat_it_was_heard_by() =>
        Assert.Empty(Made().Timeout(0.1, 16).LogsIn(1, 0, "s").From(2, 0).Holds(5, 0, "s").Killed(5.2, 6).LogsIn(7, 1, "t").Check());

    [Fact]
    public void Who_names_its_program_joins_nobody() =>
        Assert.Equal([Breach.JoinedWrongly], Made().LogsIn(1, 0, "s").Beats(2, 1, "t", "bot").Check());

    [Fact]
    public void A_seat_has_room_for_so_many_and_no_more()
    {
        Assert.Empty(Made().LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").LogsIn(2, 2, "u").Conflict(2.5, 3).Check());
        Assert.Equal([Breach.TooManyOnSeat], Made().LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").LogsIn(2, 2, "u").LogsIn(2.5, 3, "v").Check());
        Assert.Equal([Breach.KeptFromFreeSeat], Made().LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").Conflict(2, 2).Check());
    }

    [Fact]
    public void A_symbol_that_is_none_shares_nothing() =>
        Assert.Equal([Breach.TwoHolders], Made().LogsIn(1, 0, "s").LogsIn(2, 4, "t").Check());

    [Fact]
    public void A_conflict_for_a_bot_elsewhere_is_none_to_wonder_at() =>
        Assert.Empty(Made().From(2, 1).LogsIn(1, 0, "s").Conflict(2, 1).Check());

    [Fact]
    public void A_check_promises_a_seat_to_its_own_network()
    {
        Assert.Empty(Made().LogsIn(1, 0, "s").Tells(2, 4, Ask.Check, Told.WouldHold).Check());
        Assert.Equal([Breach.CheckPromisedTakenSeat], Made().From(2, 4).LogsIn(1, 0, "s").Tells(2, 4, Ask.Check, Told.WouldHold).Check());
    }

    [Fact]
    public void Two_that_share_a_seat_come_apart_after_a_timeout_in_two_networks()
    {
        Assert.Equal([Breach.StayedApart], Parted(until: 8).Check());
        Assert.Empty(Parted(until: 6.5).Check());
        Assert.Empty(Parted(until: 8, goesHomeAt: 5).Check());
    }

    [Fact]
    public void Of_which_nothing_is_claimed_where_a_third_may_lead_or_another_seat_was_free_or_the_server_was_away()
    {
        Assert.Empty(Parted(until: 8).LogsIn(1.6, 2, "u").Check());
        Assert.Empty(Parted(until: 8).License(3, to: 2).License(4, to: 1).Check());
        Assert.Empty(Parted(until: 8).Suspended(3, 3.2).Check());
        Assert.Contains(Breach.StayedApart, Parted(until: 10).Suspended(3, 3.2).Check());
        Assert.Empty(Parted(until: 10).Killed(5.25, 5.4).Check());
        Assert.Empty(new MadeRecord(2, Bots).LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").From(2, 1).Holds(3, 0, "s").Holds(3, 1, "t").Holds(6, 0, "s").Holds(6, 1, "t").Holds(9, 0, "s").Holds(9, 1, "t").Check());
    }

    [Fact]
    public void Whoever_is_found_apart_is_refused_after_a_timeout_and_not_before()
    {
        Assert.Empty(Parted(until: 7).Tells(8, 1, Ask.Heartbeat, Told.Conflict).Check());
        Assert.Contains(Breach.HolderRefused, Parted(until: 4).Tells(4.8, 1, Ask.Heartbeat, Told.Conflict).Check());
    }

    [Fact]
    public void A_machine_that_moves_takes_its_bots_along_and_none_of_them_is_refused()
    {
        var moved = () => Made().LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").Holds(3, 0, "s").Holds(3.5, 1, "t").From(2, 0, 1).Holds(4, 1, "t").Holds(5, 0, "s").Holds(6, 1, "t");
        Assert.Empty(moved().Holds(8, 1, "t").Holds(8.5, 0, "s").Check());
        Assert.Contains(Breach.HolderRefused, moved().Tells(8, 1, Ask.Heartbeat, Told.Conflict).Check());
        // A check changes nothing, and is no conflict either.
        Assert.Contains(Breach.HolderRefused, moved().Tells(8, 1, Ask.Check, Told.Conflict).Check());
    }

    [Fact]
    public void Whoever_may_have_come_apart_holds_nothing_for_certain()
    {
        // Its heartbeat at 8 s was not answered: it may have been the one that put it out.
        var record = () => Parted(until: 7).Lost(7.5, 1, Ask.Heartbeat);
        Assert.Empty(record().Tells(8, 1, Ask.Heartbeat, Told.SessionOver, "t").Check());
    }

    [Fact]
    public void The_history_says_who_came_apart()
    {
        var record = () => Parted(until: 7).Tells(7.5, 1, Ask.Heartbeat, Told.Conflict).Tells(12, 4, Ask.Release, Told.NothingHeld);
        Assert.Empty(record().Row(0, "s", 1, 12, "timed_out").Row(1, "t", 1.5, 7.505, "moved_apart").Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 12, "timed_out").Row(1, "t", 1.5, 10, "moved_apart").Check());
    }

    [Fact]
    public void While_one_was_interrupted_another_may_have_had_its_room()
    {
        var record = () => Made().LogsIn(1, 0, "s").LogsIn(1, 1, "t").LogsIn(1, 2, "u").Holds(3, 0, "s").Holds(3, 1, "t").LogsIn(6.5, 3, "v")
            .Holds(7, 0, "s").Holds(7, 1, "t").Tells(8, 3, Ask.Release, Told.Released, "v").Holds(9, 2, "u")
            .Row(0, "s", 1, null, null, isLive: true).Row(1, "t", 1, null, null, isLive: true).Row(3, "v", 6.5, 8, "released");
        Assert.Empty(record().Row(2, "u", 1, null, null, isLive: true, interruptions: 1).Check());
        Assert.Contains(Breach.HistoryDiffers, record().Row(2, "u", 1, null, null, isLive: true).Check());
    }

    private static MadeRecord Made() => new(1, Bots);

    // Together until 2 s; from then on the second one beats from another network.
    private static MadeRecord Parted(double until, double goesHomeAt = double.MaxValue)
    {
        var record = Made().LogsIn(1, 0, "s").LogsIn(1.5, 1, "t").From(2, 1);
        for (var at = 2.0; at <= until; at += 0.5) record.From(at >= goesHomeAt ? 1 : 2, 1).Holds(at, 0, "s").Holds(at + 0.2, 1, "t");
        return record;
    }
}
