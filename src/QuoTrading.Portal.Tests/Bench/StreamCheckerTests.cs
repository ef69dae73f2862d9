using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The history check's judge of streams, programs of a device and hand-over. The grace is 3 s, the timeout here 16 s.</summary>
public sealed class StreamCheckerTests
{
    [Theory]
    [InlineData(4.9, true)]
    [InlineData(5.1, false)]
    public void Whose_last_stream_dropped_holds_for_the_grace(double rival, bool isBreach) =>
        Assert.Equal(isBreach ? [Breach.TwoHolders] : [], Streamed(dropped: 2).LogsIn(rival, 1, "t").Check());

    [Theory]
    [InlineData(6.4, false)]
    [InlineData(6.6, true)]
    public void Nobody_is_kept_out_by_whoever_lost_his_connection(double rival, bool isBreach) =>
        Assert.Equal(isBreach ? [Breach.KeptFromFreeSeat] : [], Streamed(dropped: 2).Conflict(rival, 1).Check());

    [Theory]
    [InlineData(6.4, false)]
    [InlineData(6.6, true)]
    [InlineData(44, true)]
    public void Nor_while_much_of_a_long_timeout_is_to_come(double rival, bool isBreach) =>
        Assert.Equal(isBreach ? [Breach.KeptFromFreeSeat] : [], Made(45).LogsIn(1, 0, "s").Stream(1.1, 0, "s", 2).Conflict(rival, 1).Check());

    [Fact]
    public void An_unanswered_message_before_the_stream_keeps_nobody_out() =>
        Assert.Equal([Breach.KeptFromFreeSeat], Made().Lost(0.5, 0, Ask.Login).LogsIn(1, 0, "s").Stream(5, 0, "s", 6).Conflict(12, 1).Check());

    [Fact]
    public void A_program_that_held_its_first_stream_later_had_none_when_the_other_dropped() =>
        Assert.Empty(Made(45).LogsIn(1, 0, "s").Stream(1.2, 0, "s", 2, "launcher").Stream(20, 0, "s", 21).Conflict(8, 1).Check());

    [Fact]
    public void A_longer_timeout_makes_a_program_live_again() =>
        Assert.Empty(Made(5).LogsIn(1, 0, "s").Beats(5, 0, "s", "bot").Timeout(7, 45).Beats(7.5, 0, "s", "bot").Stream(7.6, 0, "s", 8, "bot").Conflict(14, 1).Check());

    [Fact]
    public void Whoever_was_handed_over_to_is_live_from_then_on() =>
        Assert.Empty(Made(5).LogsIn(1, 0, "s").Beats(2, 0, "s", "bot").Leaves(4.5, 0, "s", "bot", handsOver: true).Beats(5, 0, "s", "bot").Leaves(8, 0, "s", "bot").Conflict(8.5, 1).Check());

    [Fact]
    public void Long_after_its_last_message_a_session_may_be_released() =>
        Assert.Empty(Made(45).LogsIn(1, 0, "s").Tells(35, 0, Ask.Release, Told.Released, "s").LogsIn(36, 1, "t").Check());

    [Theory]
    [InlineData(14, true)]
    [InlineData(22, false)]
    public void Of_drops_in_a_row_only_those_within_two_seconds_are_many(int others, bool isBreach)
    {
        // Sixteen more some seconds before: too many with these only if one counted more than 2 s.
        var devices = Enumerable.Range(0, 40).Select(i => new DeviceLayout($"{i:x8}1", null)).ToArray();
        var record = new MadeRecord(40, devices).Timeout(0.1, 45);
        record.LogsIn(1, 0, "0").Stream(1.1, 0, "0", 10);
        for (var i = 1; i <= others; i++) record.LogsIn(1, i, $"{i}").Stream(1.1, i, $"{i}", 10 + (i * 0.1));
        for (var i = 23; i < 39; i++) record.LogsIn(1, i, $"{i}").Stream(1.1, i, $"{i}", 4.7 + (i * 0.1));
        Assert.Equal(isBreach ? [Breach.EndedSessionRevived] : [], record.Holds(20, 0, "0").Check());
    }

    [Fact]
    public void Without_a_drop_of_its_last_stream_a_session_lives_by_its_heartbeats()
    {
        Assert.Equal([Breach.TwoHolders], Streamed(dropped: null).LogsIn(7, 1, "t").Check());
        Assert.Equal([Breach.TwoHolders], Streamed(dropped: 2).Stream(1.5, 0, "s").LogsIn(7, 1, "t").Check());
        Assert.Empty(Streamed(dropped: 2).Stream(1.5, 0, "s").Conflict(7, 1).Check());
    }

    [Fact]
    public void A_message_within_the_grace_ends_it()
    {
        Assert.Equal([Breach.TwoHolders], Streamed(dropped: 2).Beats(3.5, 0, "s", "bot").LogsIn(8, 1, "t").Check());
        Assert.Equal([Breach.TwoHolders], Streamed(dropped: 2).Stream(3.5, 0, "s").LogsIn(8, 1, "t").Check());
        // So soon after the drop, the server may have seen it later.
        Assert.Empty(Streamed(dropped: 2).Beats(2.5, 0, "s", "bot").LogsIn(6, 1, "t").Check());
    }

    [Fact]
    public void A_drop_says_nothing_while_another_program_beats_without_a_stream()
    {
        Assert.Equal([Breach.TwoHolders], Made().LogsIn(1, 0, "s").Stream(1.2, 0, "s", 2, "launcher").LogsIn(6, 1, "t").Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Stream(1.2, 0, "s", 2, "launcher").Conflict(8, 1).Check());
    }

    [Fact]
    public void Another_sessions_stream_says_nothing() =>
        Assert.Equal([Breach.TwoHolders], Made().LogsIn(1, 0, "r").Stream(1.1, 0, "r").Tells(1.2, 0, Ask.Release, Told.Released, "r").LogsIn(1.5, 0, "s").LogsIn(7, 1, "t").Check());

    [Theory]
    [InlineData(8, true)]
    [InlineData(30, false)]
    public void Of_many_drops_at_once_none_counts(int others, bool mayEnd)
    {
        var devices = Enumerable.Range(0, 40).Select(i => new DeviceLayout($"{i:x8}1", null)).ToArray();
        var record = new MadeRecord(39, devices).Timeout(0.1, 16);
        for (var i = 0; i <= others; i++) record.LogsIn(1, i, $"{i}").Stream(1.1, i, $"{i}", 2);
        Assert.Equal(mayEnd ? [] : [Breach.HolderRefused], record.Tells(6, 0, Ask.Heartbeat, Told.SessionOver, "0").Check());
    }

    [Fact]
    public void A_killed_server_remembers_no_drop() =>
        Assert.Contains(Breach.TwoHolders, Streamed(dropped: 2).Killed(2.2, 4).LogsIn(6, 1, "t").Check());

    [Fact]
    public void A_lost_connection_is_not_resumed() =>
        Assert.Equal([Breach.EndedSessionRevived], Streamed(dropped: 2).Holds(9, 0, "s").Check());

    [Fact]
    public void A_stream_begins_no_session() =>
        Assert.Equal([Breach.StreamBeganSession], Made().Stream(1, 0, "s").Check());

    [Fact]
    public void A_release_ends_the_session_for_other_programs_only_if_none_is_live()
    {
        Assert.Equal([Breach.TwoHolders], Made().LogsIn(1, 0, "s").Beats(2, 0, "s", "bot").Leaves(3, 0, "s", "bot").LogsIn(4, 1, "t").Check());
        Assert.Empty(Made().Beats(1, 0, "s", "bot").Leaves(3, 0, "s", "bot").LogsIn(4, 1, "t").Check());
        Assert.Equal([Breach.KeptFromFreeSeat], Made().Beats(1, 0, "s", "bot").Leaves(3, 0, "s", "bot").Conflict(4, 1).Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Beats(2, 0, "s", "bot").Leaves(3, 0, "s", "bot").Conflict(4, 1).Check());
    }

    [Fact]
    public void After_a_hand_over_a_session_has_its_whole_timeout()
    {
        Assert.Equal([Breach.TwoHolders], Made().LogsIn(1, 0, "s").Leaves(10, 0, "s", null, handsOver: true).LogsIn(25.9, 1, "t").Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Leaves(10, 0, "s", null, handsOver: true).LogsIn(26.1, 1, "t").Check());
    }

    [Fact]
    public void A_stream_is_told_of_an_end_when_there_is_one()
    {
        Assert.Equal([Breach.WrongWord], Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", told: (5, "forced_logout")).Holds(6, 0, "s").Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", told: (5, "forced_logout")).LogOut(4.9, 0, "s").Check());
    }

    [Theory]
    [InlineData("forced_logout", 5.0, true)]
    [InlineData("released", 5.0, false)]
    [InlineData(null, 5.0, false)]
    public void A_stream_says_what_the_history_says(string? reason, double at, bool legal)
    {
        var record = Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", told: reason is null ? null : (at, reason)).LogOut(4.9, 0, "s").Conflict(4.905, 1);
        record.Row(0, "s", 1, 4.9, "forced_logout").Tells(12, 1, Ask.Check, Told.WouldHold);
        Assert.Equal(legal ? [] : [Breach.HistoryDiffers], record.Check());
    }

    [Theory]
    [InlineData("launcher", true)]
    [InlineData("bot", false)]
    public void A_program_that_may_have_left_unanswered_is_told_nothing_of_an_end(string left, bool legal)
    {
        var record = Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", app: "launcher").Lost(4.8, 0, Ask.Release, "s", left).Leaves(4.9, 0, "s", null);
        record.Row(0, "s", 1, 4.9, "released").Tells(12, 1, Ask.Check, Told.WouldHold);
        Assert.Equal(legal ? [] : [Breach.HistoryDiffers], record.Check());
    }

    [Fact]
    public void An_open_stream_is_not_silent_for_longer_than_a_client_waits()
    {
        Assert.Equal([Breach.StreamSilent], Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", silent: (1.2, 5)).Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", silent: (1.2, 5)).Suspended(2, 4).Check());
        Assert.Empty(Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", dropped: 4, silent: (1.2, 5)).Check());
    }

    [Fact]
    public void A_heartbeat_of_a_client_that_hears_nothing_takes_the_drop_back()
    {
        // A router forgot the line: the server saw a drop at 2 s, and the client wondered at 4.6 s.
        Assert.Equal([Breach.TwoHolders], Streamed(dropped: 2).Beats(4.6, 0, "s", "bot").LogsIn(6.5, 1, "t").Check());
        Assert.Contains(Breach.HolderRefused, Streamed(dropped: 2).Beats(4.6, 0, "s", "bot").Tells(6.5, 0, Ask.Heartbeat, Told.SessionOver, "s").Check());
    }

    [Fact]
    public void A_row_says_that_the_connection_was_lost_only_after_a_drop()
    {
        Assert.Empty(Streamed(dropped: 2).Row(0, "s", 1, 5.2, "connection_lost").Check());
        Assert.Equal([Breach.HistoryDiffers], Streamed(dropped: 2).Row(0, "s", 1, 4.2, "connection_lost").Check());
        Assert.Equal([Breach.HistoryDiffers], Streamed(dropped: 2).Row(0, "s", 1, 12, "connection_lost").Check());
        Assert.Equal([Breach.HistoryDiffers], Streamed(dropped: null).Row(0, "s", 1, 17.2, "connection_lost").Check());
    }

    private static MadeRecord Made(int timeout = 16) => new MadeRecord().Timeout(0.1, timeout);

    private static MadeRecord Streamed(double? dropped) => Made().LogsIn(1, 0, "s").Stream(1.1, 0, "s", dropped);
}
