using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>Who sits on which seat, and who is remembered for it.</summary>
public sealed class SeatRulesTests
{
    private readonly RulesTable table = new();

    [Fact]
    public void Every_seat_is_given_out_once_and_the_lowest_first()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("A");
        table.LogIn("B");
        table.LogIn("C");
        Assert.IsType<Outcome.Conflict>(table.LogIn("D"));
        Assert.Equal([("A", 1, true), ("B", 2, true), ("C", 3, true)], Sitting());
        table.Release("B");
        table.LogIn("D");
        Assert.Equal(2, table.Holder("D").Seat);
    }

    [Fact]
    public void Whoever_comes_back_gets_his_seat_as_its_lead_where_nobody_else_sits()
    {
        table.License = table.License with { Seats = 3 };
        foreach (var device in new[] { "A", "B", "C" }) table.LogIn(device);
        table.Pass(90);
        table.Sweep();
        table.Heartbeat("B");
        Assert.Equal([("B", 2, true)], Sitting());
        table.Heartbeat("C");
        Assert.Equal([("B", 2, true), ("C", 3, true)], Sitting());
    }

    [Fact]
    public void Whoever_comes_back_to_a_seat_that_is_taken_or_gone_gets_another_as_a_new_session()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.LogIn("B");
        var before = table.Holder("A").SessionId;
        table.Pass(90);
        table.Sweep();
        table.LogIn("C");
        Assert.NotEqual(before, Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session.SessionId);
        Assert.Equal([("C", 1, true), ("A", 2, true)], Sitting());
    }

    [Fact]
    public void A_seat_that_is_no_more_is_no_seat_to_come_back_to()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.LogIn("B");
        table.Pass(90);
        table.Change(table.License with { Seats = 1 });
        table.Heartbeat("B");
        Assert.Equal([("B", 1, true)], Sitting());
    }

    [Fact]
    public void Resumed_once_a_session_is_not_remembered_as_timed_out_any_more()
    {
        table.LogIn("A");
        table.Pass(90);
        table.Sweep();
        Assert.Single(table.Sessions.Resumable);
        table.Heartbeat("A");
        Assert.Empty(table.Sessions.Resumable);
    }

    [Fact]
    public void Whoever_takes_a_seat_forgets_those_who_timed_out_on_it_and_nobody_else()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.LogIn("B");
        table.Pass(90);
        table.Sweep();
        table.LogIn("C");
        Assert.Equal("B", Assert.Single(table.Sessions.Resumable).Session.Device);
    }

    [Fact]
    public void At_exactly_a_quarter_of_an_hour_a_timed_out_session_is_forgotten()
    {
        table.LogIn("A");
        table.Pass(90);
        table.Sweep();
        table.Pass((15 * 60) - 0.001);
        Assert.False(table.NeedsSweep());
        table.Sweep();
        Assert.Single(table.Sessions.Resumable);
        table.Pass(0.001);
        Assert.True(table.NeedsSweep());
        table.Sweep();
        Assert.Empty(table.Sessions.Resumable);
        Assert.True(table.Sessions.IsEmpty);
    }

    [Fact]
    public void Of_two_timed_out_sessions_the_older_is_forgotten_first()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.Pass(60);
        table.LogIn("B");
        table.Pass(30);
        table.Sweep();
        table.Pass(60);
        table.Sweep();
        table.Pass((15 * 60) - 60);
        Assert.True(table.NeedsSweep());
        table.Sweep();
        Assert.Equal("B", Assert.Single(table.Sessions.Resumable).Session.Device);
    }

    [Fact]
    public void Nobody_online_is_nothing_to_sweep_and_a_license_unknown_or_with_fewer_seats_is()
    {
        Assert.False(table.NeedsSweep());
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.LogIn("B");
        Assert.False(table.NeedsSweep());
        Assert.True(SessionRules.NeedsSweep(license: null, table.Sessions, table.Settings, table.Now));
        table.License = table.License with { Seats = 1 };
        Assert.True(table.NeedsSweep());
    }

    [Fact]
    public void As_many_seats_as_are_held_end_and_move_nobody()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("A");
        table.LogIn("B");
        table.Change(table.License with { Seats = 2 });
        Assert.Empty(table.Changes);
        Assert.Equal([("A", 1, true), ("B", 2, true)], Sitting());
    }

    [Fact]
    public void Those_who_stay_move_to_seats_of_their_own_and_each_move_is_told()
    {
        table.License = table.License with { Seats = 4 };
        foreach (var device in new[] { "A", "B", "C", "D" })
        {
            table.LogIn(device);
            table.Pass(1);
        }

        table.Release("A");
        table.Release("B");
        table.Change(table.License with { Seats = 2 });
        Assert.Equal([("C", 1, true), ("D", 2, true)], Sitting());
        Assert.Equal(["C", "D"], table.Changes.Cast<SessionChange.Placed>().Select(placed => placed.Session.Device));
    }

    [Fact]
    public void Fewer_seats_keep_the_oldest_seat_where_it_is()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("X");
        table.LogIn("Y");
        table.LogIn("A");
        table.Pass(1);
        table.Release("X");
        table.LogIn("B");
        table.Release("Y");
        // B began later, on seat 1; A earlier, on seat 3.
        table.Change(table.License with { Seats = 2 });
        Assert.Equal([("A", 2, true), ("B", 1, true)], Sitting());
        table.Change(table.License with { Seats = 1 });
        Assert.Equal([("A", 1, true)], Sitting());
        Assert.Equal(EndReason.SeatsReduced, table.Ended("B"));
    }

    [Fact]
    public void A_shared_seat_counts_from_its_oldest_bot_and_goes_or_stays_as_a_whole()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A-ES", "ES", "1.1.1.1");
        table.Pass(1);
        table.LogIn("B", null, "2.2.2.2");
        table.Pass(1);
        table.LogIn("A-NQ", "NQ", "1.1.1.1");
        table.Change(table.License with { Seats = 1 });
        Assert.Equal([("A-ES", 1, true), ("A-NQ", 1, false)], Sitting());
        Assert.Equal(EndReason.SeatsReduced, Assert.Single(table.Changes.OfType<SessionChange.Ended>()).Reason);
    }

    [Fact]
    public void A_shared_seat_that_goes_ends_the_newest_seats_first_and_its_lead_last()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("B", null, "2.2.2.2");
        table.Pass(1);
        table.LogIn("A-ES", "ES", "1.1.1.1");
        table.LogIn("A-NQ", "NQ", "1.1.1.1");
        table.Pass(1);
        table.LogIn("C", null, "3.3.3.3");
        table.Change(table.License with { Seats = 1 });
        Assert.Equal(["C", "A-NQ", "A-ES"], table.Changes.OfType<SessionChange.Ended>().Select(ended => ended.Session.Device));
        Assert.Equal([("B", 1, true)], Sitting());
    }

    [Fact]
    public void A_seat_that_lost_its_lead_has_exactly_one_again_and_that_is_told()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        table.LogIn("A-YM", "YM");
        table.Release("A-ES");
        Assert.Equal([("A-NQ", 1, true), ("A-YM", 1, false)], Sitting());
        Assert.Equal("A-NQ", Assert.Single(table.Changes.OfType<SessionChange.Placed>()).Session.Device);
    }

    [Fact]
    public void The_lead_of_another_seat_stays_what_it_is()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("B", null, "2.2.2.2");
        table.LogIn("A-ES", "ES", "1.1.1.1");
        table.LogIn("A-NQ", "NQ", "1.1.1.1");
        table.Release("A-ES");
        Assert.Equal([("B", 1, true), ("A-NQ", 2, true)], Sitting());
    }

    [Fact]
    public void A_conflict_with_a_shared_seat_waits_for_the_bot_that_holds_it_longest()
    {
        table.LogIn("A-ES", "ES");
        table.Pass(30);
        table.LogIn("A-NQ", "NQ");
        table.Pass(10);
        Assert.Equal(new Outcome.Conflict("A-NQ", 80), table.LogIn("B"));
    }

    [Fact]
    public void Only_bots_with_a_symbol_make_room_for_the_launcher_that_asks()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A-ES", "ES", "1.1.1.1");
        table.LogIn("B", null, "2.2.2.2");
        Assert.IsType<Outcome.WouldHold>(table.Check("A", "1.1.1.1"));
        Assert.IsType<Outcome.Conflict>(table.Check("C", "2.2.2.2"));
    }

    [Fact]
    public void Moved_to_another_seat_a_session_ends_the_hope_of_those_who_timed_out_there_only()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("A");
        table.LogIn("B");
        table.Pass(30);
        table.LogIn("C");
        table.Pass(60);
        table.Sweep();
        table.Change(table.License with { Seats = 2 });
        Assert.Equal([("C", 1, true)], Sitting());
        Assert.Equal("B", Assert.Single(table.Sessions.Resumable).Session.Device);
    }

    [Fact]
    public void Another_key_ends_every_session_and_says_of_the_stale_that_they_timed_out()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.Pass(60);
        table.LogIn("B");
        table.Pass(30);
        table.KeyReplaced();
        Assert.Equal((EndReason.TimedOut, EndReason.KeyReplaced), (table.Ended("A"), table.Ended("B")));
        Assert.Equal("leaked", table.Changes.OfType<SessionChange.Ended>().Single(ended => ended.Reason == EndReason.KeyReplaced).Note);
        Assert.Empty(Sitting());
    }

    [Fact]
    public void Fewer_seats_end_the_newest_and_the_rest_move_together()
    {
        table.License = table.License with { Seats = 3 };
        table.LogIn("A");
        table.Pass(1);
        table.LogIn("B");
        table.Release("A");
        table.Pass(1);
        table.LogIn("C");
        table.Pass(1);
        table.LogIn("D");
        table.Change(table.License with { Seats = 1 });
        Assert.Equal((EndReason?)EndReason.SeatsReduced, table.Ended("C"));
        Assert.Equal((EndReason?)EndReason.SeatsReduced, table.Ended("D"));
        Assert.Equal(1, table.Holder("B").Seat);
    }

    [Fact]
    public void Of_several_holders_the_one_that_turns_stale_first_is_named()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.Pass(10);
        table.LogIn("B");
        table.Pass(10);
        Assert.Equal(new Outcome.Conflict("A", 70), table.LogIn("C"));
    }

    private List<(string Device, int Seat, bool Leads)> Sitting() => [.. table.Sessions.Live.Select(s => (s.Device, s.Seat, s.SeatLead))];
}
