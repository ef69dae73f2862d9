using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The history check's judge: it finds each kind of breach, and accepts what only looks like one.</summary>
public sealed class CheckerTests
{
    private static readonly DeviceLayout[] Bots = [new("aaaaaaaa1", "ES"), new("bbbbbbbb1", "NQ"), new("cccccccc1", "ES"), new("dddddddd1", null)];

    [Fact]
    public void A_second_device_before_the_timeout_is_a_breach() =>
        Assert.Equal([Breach.TwoHolders], new MadeRecord().LogsIn(1, 0, "s").LogsIn(5.9, 1, "t").Check());

    [Fact]
    public void A_second_device_after_the_timeout_is_none() =>
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").LogsIn(6.01, 1, "t").Check());

    [Fact]
    public void A_second_device_is_none_where_a_release_may_have_come_first() =>
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Lost(2, 0, Ask.Release).LogsIn(2.005, 1, "t").Check());

    [Fact]
    public void A_late_release_of_another_session_frees_nothing() =>
        Assert.Contains(Breach.TwoHolders, new MadeRecord().LogsIn(1, 0, "s").Lost(2, 0, Ask.Release, "old").LogsIn(2.5, 1, "t").Check());

    [Fact]
    public void Two_seats_hold_two_devices_and_no_third()
    {
        Assert.Empty(new MadeRecord(seats: 2).LogsIn(1, 0, "s").LogsIn(2, 1, "t").Check());
        Assert.Equal([Breach.TwoHolders], new MadeRecord(seats: 2).LogsIn(1, 0, "s").LogsIn(2, 1, "t").LogsIn(3, 2, "u").Check());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Bots_share_a_seat_with_different_symbols_alone(int other, bool legal) =>
        Assert.Equal(legal ? [] : [Breach.TwoHolders], new MadeRecord(1, Bots).LogsIn(1, 0, "s").LogsIn(2, other, "t").Check());

    [Fact]
    public void A_shorter_timeout_counts_from_when_it_was_asked_for()
    {
        Assert.Equal([Breach.TwoHolders], new MadeRecord().Timeout(0.1, 7).LogsIn(1, 0, "s").LogsIn(6.5, 1, "t").Check());
        Assert.Empty(new MadeRecord().Timeout(0.1, 7).LogsIn(1, 0, "s").Timeout(6.2, 5).LogsIn(6.5, 1, "t").Check());
    }

    [Theory]
    [InlineData(4.9, true)]
    [InlineData(5.1, false)]
    public void Whoever_held_when_the_server_was_suspended_holds_afterwards(double suspended, bool holds)
    {
        // Ten seconds later everybody has been silent for the timeout; who held has one interval and 10 s more.
        var record = new MadeRecord().LogsIn(0.0, 0, "s").Suspended(suspended, suspended + 10).LogsIn(suspended + 12, 1, "t");
        Assert.Equal(holds ? [Breach.TwoHolders] : [], record.Check());
    }

    [Fact]
    public void A_login_answered_before_a_kill_holds_after_the_restart() =>
        Assert.Equal([Breach.TwoHolders], new MadeRecord().LogsIn(1, 0, "s").Killed(1.1, 2).LogsIn(10, 1, "t").Check());

    [Fact]
    public void The_credit_of_a_gap_ends_with_the_next_message() =>
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Killed(1.1, 2).Holds(3, 0, "s").LogsIn(8.5, 1, "t").Check());

    [Theory]
    [InlineData(Ask.Login, Told.Conflict)]
    [InlineData(Ask.Check, Told.Conflict)]
    [InlineData(Ask.Heartbeat, Told.Conflict)]
    [InlineData(Ask.Release, Told.NothingHeld)]
    public void A_holder_is_never_refused(Ask ask, Told told) =>
        Assert.Contains(Breach.HolderRefused, new MadeRecord().LogsIn(1, 0, "s").Tells(3, 0, ask, told).Check());

    [Fact]
    public void A_holder_is_told_that_his_session_is_over_only_if_he_names_another()
    {
        Assert.Contains(Breach.HolderRefused, new MadeRecord().LogsIn(1, 0, "s").Tells(3, 0, Ask.Heartbeat, Told.SessionOver, "s").Check());
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Tells(3, 0, Ask.Heartbeat, Told.SessionOver, "old").Check());
    }

    [Fact]
    public void A_holder_who_logs_in_again_keeps_his_session() =>
        Assert.Contains(Breach.HolderRefused, new MadeRecord().LogsIn(1, 0, "s").LogsIn(2, 0, "t").Check());

    [Fact]
    public void A_conflict_needs_somebody_who_could_hold()
    {
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().Conflict(1, 0).Check());
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Conflict(5.9, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().LogsIn(1, 0, "s").Conflict(6.2, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Release, Told.Released).Conflict(2.1, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().LogsIn(1, 0, "s").LogOut(2, 0, "s").Conflict(2.1, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord(seats: 2).LogsIn(1, 0, "s").Conflict(2, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord(1, Bots).LogsIn(1, 0, "s").Conflict(2, 1).Check());
    }

    [Fact]
    public void A_program_is_named_until_the_session_s_next_message_finds_it_silent()
    {
        // Whoever names a program shares no seat. The timeout is 5 s; the session lives on by what the device says without a program.
        var record = () => new MadeRecord(1, Bots).LogsIn(1, 0, "s").Beats(2, 0, "s", "launcher").Holds(6, 0, "s");
        Assert.Empty(record().Conflict(7.6, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], record().Holds(7.8, 0, "s").Conflict(8, 1).Check());
    }

    [Fact]
    public void A_lost_login_may_hold() =>
        Assert.Empty(new MadeRecord().Lost(1, 0, Ask.Login).Conflict(5, 1).Check());

    [Fact]
    public void What_was_released_before_a_kill_is_free_after_it() =>
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Release, Told.Released).Killed(2.1, 3).Conflict(4, 1).Check());

    [Fact]
    public void Gaps_keep_the_silent_for_one_credit_and_no_longer()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").Suspended(3, 6).Suspended(12, 15).Suspended(21, 24);
        Assert.Empty(record().Conflict(18, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], record().Conflict(34, 1).Check());
    }

    [Fact]
    public void With_a_long_timeout_a_gap_gives_nothing_to_who_has_more_time_left_and_may_give_it_later()
    {
        // 16 s: the first gap finds 14 s left, which is more than 12 s; the second finds less.
        var record = () => new MadeRecord().Timeout(0.1, 16).LogsIn(1, 0, "s").Suspended(3, 6).Suspended(14, 17);
        Assert.Empty(record().Conflict(28, 1).Check());
        Assert.Equal([Breach.KeptFromFreeSeat], record().Conflict(36, 1).Check());
        Assert.Equal([Breach.TwoHolders], record().LogsIn(16.9, 1, "t").Check());
    }

    [Fact]
    public void A_heartbeat_may_be_lost_to_a_kill_but_not_the_credit_after_it()
    {
        var record = () => new MadeRecord().Timeout(0.1, 16).LogsIn(1, 0, "s").Holds(10, 0, "s").Killed(10.5, 11);
        Assert.Equal([Breach.TwoHolders], record().LogsIn(22.4, 1, "t").Check());
        Assert.Empty(record().LogsIn(22.6, 1, "t").Check());
    }

    [Fact]
    public void A_longer_timeout_revives_nothing()
    {
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().LogsIn(1, 0, "s").Timeout(6.2, 7).Conflict(6.5, 1).Check());
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Timeout(5.5, 7).Conflict(6.5, 1).Check());
    }

    [Fact]
    public void A_conflict_names_somebody_who_could_hold() =>
        Assert.Equal([Breach.WrongHolderNamed], new MadeRecord().LogsIn(1, 0, "s").Conflict(2, 1, "cccccccc...").Check());

    [Fact]
    public void A_check_promises_no_taken_seat() =>
        Assert.Equal([Breach.CheckPromisedTakenSeat], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 1, Ask.Check, Told.WouldHold).Check());

    [Fact]
    public void What_has_ended_stays_ended()
    {
        Assert.Equal([Breach.EndedSessionRevived], new MadeRecord().LogsIn(1, 0, "s").Holds(7, 0, "s", named: "s").Check());
        Assert.Equal([Breach.EndedSessionRevived], new MadeRecord().LogsIn(1, 0, "s").LogsIn(7, 0, "s").Check());
        Assert.Equal([Breach.EndedSessionRevived], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Release, Told.Released, "s").Holds(3, 0, "s").Check());
        Assert.Equal([Breach.EndedSessionRevived], new MadeRecord().LogsIn(1, 0, "s").LogsIn(7, 1, "t").Tells(8, 1, Ask.Release, Told.Released).Holds(9, 0, "s").Check());
        Assert.Equal([Breach.EndedSessionRevived], new MadeRecord().LogsIn(1, 0, "s").Holds(7, 0, "t", named: "s").Check());
    }

    [Fact]
    public void A_heartbeat_resumes_what_timed_out() =>
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Holds(60, 0, "s").Check());

    [Fact]
    public void A_release_ends_its_own_session_alone()
    {
        Assert.Equal([Breach.StrangeRelease], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 1, Ask.Release, Told.Released).Check());
        Assert.Equal([Breach.StrangeRelease], new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Release, Told.Released, "old").Check());
    }

    [Fact]
    public void A_session_is_one_devices() =>
        Assert.Equal([Breach.SharedSessionId], new MadeRecord().LogsIn(1, 0, "s").LogsIn(7, 1, "s").Check());

    [Fact]
    public void After_a_forced_logout_only_a_login_gets_in()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").LogOut(2, 0, "s");
        Assert.Equal([Breach.ForcedLogoutIgnored], record().Holds(3, 0, "t").Check());
        Assert.Empty(record().Tells(3, 0, Ask.Heartbeat, Told.ForcedOut).LogsIn(4, 0, "t").Holds(5, 0, "t").Check());
        Assert.Equal([Breach.ForcedLogoutForNothing], record().LogsIn(3, 0, "t").Tells(12, 0, Ask.Heartbeat, Told.ForcedOut).Check());
        // Somebody else with its fingerprint logged in while that was asked.
        Assert.Empty(record().Tells(3, 0, Ask.Heartbeat, Told.ForcedOut).LogsIn(3.005, 0, "t").Check());
        Assert.Equal([Breach.ForcedLogoutForNothing], new MadeRecord().Tells(1, 0, Ask.Heartbeat, Told.ForcedOut).Check());
    }

    [Fact]
    public void Who_is_kept_out_stays_out_for_his_minute_and_no_longer()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").LogOut(2, 0, "s", keepOut: true);
        Assert.Equal([Breach.KeepOutIgnored], record().LogsIn(30, 0, "t").Check());
        Assert.Empty(record().Tells(30, 0, Ask.Login, Told.KeptOut).LogsIn(64, 0, "t").Check());
        Assert.Equal([Breach.KeptOutForNothing], record().Tells(64, 0, Ask.Login, Told.KeptOut).Check());
    }

    [Fact]
    public void A_client_is_told_the_timeout_that_is_in_force()
    {
        Assert.Empty(new MadeRecord().Timeout(0.1, 7).ToldTimeout(1, 7).ToldTimeout(2, 5, changedTo: 5).Check());
        Assert.Equal([Breach.WrongTimeoutTold], new MadeRecord().Timeout(0.1, 7).ToldTimeout(1, 5).Check());
    }

    [Fact]
    public void Faults_are_breaches() =>
        Assert.Equal([Breach.Fault], new MadeRecord().Tells(1, 0, Ask.Login, Told.Fault).Check());

    [Fact]
    public void The_history_agrees_with_what_was_told()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Release, Told.Released, "s").LogsIn(3, 1, "t");
        Assert.Empty(record().Row(0, "s", 1, 2, "released").Row(1, "t", 3, null, null, isLive: true).Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 2, "released").Check());
        Assert.Contains(Breach.HistoryDiffers, record().Row(0, "s", 1, 2, "timed_out").Row(1, "t", 3, null, null, isLive: true).Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 2, "released").Row(1, "t", 3, null, null).Check());
        Assert.Contains(Breach.HistoryDiffers, record().Row(0, "s", 1, 3.5, "released").Row(1, "t", 3, null, null, isLive: true).Check());
        Assert.Contains(Breach.HistoryDiffers, record().Row(1, "s", 1, 2, "released").Row(1, "t", 3, null, null, isLive: true).Check());
    }
}
