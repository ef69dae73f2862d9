using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>What a message changes of its session, when it may be written later, and what marks do.</summary>
public sealed class MessageRulesTests
{
    private static readonly ClientMessage First = new(KeyHash.Of("KEY"), "A", "1.1.1.1", Symbol: "ES", BotVersion: "1.0", Status: "online", Metadata: """{"current_position":1}""", DeviceName: "Tower");

    private readonly RulesTable table = new();

    [Fact]
    public void What_a_message_says_takes_the_place_of_what_was_said_before()
    {
        table.Heartbeat(First);
        table.Heartbeat(First with { Address = "2.2.2.2", Symbol = "NQ", BotVersion = "2.0", Status = "idle", Metadata = "{}", DeviceName = "Laptop" });
        var now = table.Holder("A");
        Assert.Equal(("2.2.2.2", "NQ", "2.0", "idle", "{}", "Laptop"), (now.Address, now.Symbol, now.BotVersion, now.Status, now.Metadata, now.DeviceName));
    }

    [Fact]
    public void What_a_message_does_not_say_stays()
    {
        table.Heartbeat(First);
        table.Heartbeat(new ClientMessage(First.Key, "A", "1.1.1.1"));
        var now = table.Holder("A");
        Assert.Equal(("ES", "1.0", "online", First.Metadata, "Tower"), (now.Symbol, now.BotVersion, now.Status, now.Metadata, now.DeviceName));
    }

    [Fact]
    public void What_a_message_repeats_is_kept_in_memory_once()
    {
        table.Heartbeat(First);
        var before = table.Holder("A");
        table.Heartbeat(First with { Address = new(First.Address), BotVersion = new(First.BotVersion), Metadata = new(First.Metadata), DeviceName = new(First.DeviceName) });
        var now = table.Holder("A");
        Assert.NotSame(before, now);
        Assert.Same(before.Address, now.Address);
        Assert.Same(before.BotVersion, now.BotVersion);
        Assert.Same(before.Metadata, now.Metadata);
        Assert.Same(before.DeviceName, now.DeviceName);
    }

    [Fact]
    public void The_time_between_two_messages_is_remembered()
    {
        table.LogIn("A");
        table.Pass(30);
        table.Heartbeat("A");
        Assert.Equal(30_000, table.Holder("A").IntervalMs);
    }

    [Fact]
    public void A_login_that_goes_on_is_told_as_one_and_a_heartbeat_is_a_mere_refresh()
    {
        table.LogIn("A");
        table.LogIn("A");
        Assert.IsType<SessionChange.Continued>(Assert.Single(table.Changes));
        table.Heartbeat("A");
        Assert.IsType<SessionChange.Refreshed>(Assert.Single(table.Changes));
    }

    [Fact]
    public void A_session_knows_whether_a_login_or_a_heartbeat_began_it()
    {
        table.LogIn("A");
        Assert.False(Assert.IsType<SessionChange.Started>(Assert.Single(table.Changes)).ByHeartbeat);
        table.Release("A");
        table.Heartbeat("A");
        Assert.True(Assert.IsType<SessionChange.Started>(Assert.Single(table.Changes)).ByHeartbeat);
    }

    [Fact]
    public void A_symbol_is_taken_over_where_no_seat_mate_trades_it_though_others_elsewhere_do()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A-ES", "ES", "1.1.1.1");
        table.LogIn("B-NQ", "NQ", "2.2.2.2");
        Assert.False(Assert.IsType<Outcome.Holds>(table.Heartbeat("A-ES", "NQ", "1.1.1.1")).SymbolKept);
        Assert.Equal("NQ", table.Holder("A-ES").Symbol);
    }

    [Fact]
    public void Naming_ones_own_symbol_or_none_is_no_wish_for_another()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        Assert.False(Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ", "NQ")).SymbolKept);
        Assert.False(Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ")).SymbolKept);
        Assert.False(Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ", "YM")).SymbolKept);
        Assert.Equal("YM", table.Holder("A-NQ").Symbol);
    }

    [Fact]
    public void A_heartbeat_may_be_written_later_until_two_seconds_before_its_sessions_timeout()
    {
        table.LogIn("A");
        table.Pass(88);
        Assert.True(table.MayBeWrittenLater("A"));
        table.Pass(0.001);
        Assert.False(table.MayBeWrittenLater("A"));
    }

    [Fact]
    public void While_the_credit_of_a_gap_is_in_use_no_heartbeat_of_the_license_is_written_later()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.Pass(80);
        table.LogIn("B");
        Assert.True(table.MayBeWrittenLater("B"));
        table.Gap(table.Now.Ms);
        Assert.False(table.MayBeWrittenLater("A"));
        Assert.False(table.MayBeWrittenLater("B"));
    }

    [Fact]
    public void Whoever_has_an_interval_and_ten_seconds_left_gets_no_credit()
    {
        table.LogIn("A");
        table.Pass(20);
        table.Gap(table.Now.Ms);
        Assert.Equal(0, table.Holder("A").CreditMs);
        table.Pass(30);
        table.Gap(table.Now.Ms);
        Assert.Equal(0, table.Holder("A").CreditMs);
        table.Pass(10);
        table.Gap(table.Now.Ms);
        Assert.Equal(10_000, table.Holder("A").CreditMs);
    }

    [Fact]
    public void After_a_forced_logout_a_heartbeat_never_brings_the_session_back_but_a_login_does()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId);
        Assert.Equal(EndReason.ForcedLogout, table.Ended("A"));
        Assert.IsType<Outcome.ForcedOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
        Assert.Empty(table.Sessions.Marks);
    }

    [Fact]
    public void A_login_that_was_refused_leaves_the_mark()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId);
        table.LogIn("B");
        Assert.IsType<Outcome.Conflict>(table.LogIn("A"));
        table.Release("B");
        Assert.IsType<Outcome.ForcedOut>(table.Heartbeat("A"));
    }

    [Fact]
    public void A_device_that_is_kept_out_is_refused_until_its_time_is_over()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId, new KeptOutUntil(table.Now.Utc.AddMinutes(5)));
        Assert.IsType<Outcome.KeptOut>(table.LogIn("A"));
        Assert.IsType<Outcome.KeptOut>(table.Check("A"));
        Assert.IsType<Outcome.KeptOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
        table.Release("B");
        table.Pass(5 * 60);
        Assert.IsType<Outcome.ForcedOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
    }

    [Fact]
    public void A_device_that_is_offline_is_kept_out_for_its_time_and_was_not_logged_out()
    {
        table.LogIn("A");
        table.Release("A");
        Assert.IsType<Outcome.NothingToRelease>(table.KeepOut("A", table.Now.Utc.AddMinutes(5)));
        Assert.Equal(MarkKind.KeptOut, Assert.IsType<SessionChange.Marked>(Assert.Single(table.Changes)).Mark.Kind);
        Assert.IsType<Outcome.KeptOut>(table.LogIn("A"));
        Assert.IsType<Outcome.KeptOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
        table.Release("B");
        table.Pass(5 * 60);
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
    }

    [Fact]
    public void A_device_that_is_online_and_kept_out_loses_its_session_as_by_a_logout()
    {
        table.LogIn("A");
        Assert.IsType<Outcome.Released>(table.KeepOut("A", table.Now.Utc.AddMinutes(5)));
        Assert.Equal(EndReason.ForcedLogout, table.Ended("A"));
        Assert.IsType<Outcome.KeptOut>(table.Heartbeat("A"));
        table.Pass(5 * 60);
        Assert.IsType<Outcome.ForcedOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
    }

    [Fact]
    public void The_newer_time_counts_for_a_device_that_is_kept_out_already()
    {
        table.KeepOut("A");
        table.KeepOut("A", table.Now.Utc.AddMinutes(5));
        Assert.Equal(new Outcome.KeptOut(new KeptOutUntil(table.Now.Utc.AddMinutes(5))), table.LogIn("A"));
        table.Pass(5 * 60);
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
    }

    [Fact]
    public void Kept_out_for_good_has_no_end()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId, default(KeptOutUntil));
        table.Pass(1e6);
        Assert.Equal(new Outcome.KeptOut(default), table.LogIn("A"));
    }

    [Fact]
    public void A_login_settles_what_an_administrator_said_of_the_device_and_of_no_other()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.LogIn("B");
        table.LogOut(table.Holder("A").SessionId, new KeptOutUntil(table.Now.Utc.AddMinutes(1)));
        Assert.Equal([MarkKind.ForcedLogout, MarkKind.KeptOut], table.Changes.OfType<SessionChange.Marked>().Select(marked => marked.Mark.Kind));
        table.LogOut(table.Holder("B").SessionId);
        table.Pass(60);
        table.LogIn("A");
        Assert.Equal([MarkKind.ForcedLogout, MarkKind.KeptOut], table.Changes.OfType<SessionChange.Unmarked>().Select(unmarked => unmarked.Mark.Kind));
        Assert.Equal("B", Assert.Single(table.Sessions.Marks).Device);
    }

    [Fact]
    public void Kept_out_twice_the_later_word_counts()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId, new KeptOutUntil(table.Now.Utc.AddMinutes(1)));
        table.Pass(60);
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId, new KeptOutUntil(table.Now.Utc.AddMinutes(10)));
        table.Pass(60);
        Assert.IsType<Outcome.KeptOut>(table.LogIn("A"));
        Assert.Equal(2, table.Sessions.Marks.Length);
    }

    [Fact]
    public void Letting_a_device_in_again_lifts_that_and_leaves_the_forced_logout_to_its_next_login()
    {
        table.License = table.License with { Seats = 2 };
        foreach (var device in new[] { "A", "B" })
        {
            table.LogIn(device);
            table.LogOut(table.Holder(device).SessionId, default(KeptOutUntil));
        }

        Assert.Equal(new Outcome.Cleared(1), table.LetIn("A"));
        Assert.Equal(("A", "called"), (Assert.IsType<SessionChange.Unmarked>(Assert.Single(table.Changes)).Mark.Device, table.Changes.OfType<SessionChange.Unmarked>().Single().Note));
        Assert.Equal(new Outcome.Cleared(0), table.LetIn("A"));
        Assert.Empty(table.Changes);
        Assert.IsType<Outcome.ForcedOut>(table.Heartbeat("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
        Assert.IsType<Outcome.KeptOut>(table.LogIn("B"));
    }

    [Fact]
    public void Logging_out_a_session_that_is_stale_is_too_late_and_ends_it_as_timed_out()
    {
        table.LogIn("A");
        var id = table.Holder("A").SessionId;
        table.Pass(90);
        Assert.IsType<Outcome.NothingToRelease>(table.LogOut(id));
        Assert.Equal(EndReason.TimedOut, table.Ended("A"));
        Assert.Empty(table.Sessions.Marks);
    }

    [Fact]
    public void At_the_end_of_the_grace_an_open_position_is_over_too()
    {
        table.Settings = table.Settings with { ExpiryGraceMinutes = 1, SessionTimeoutSeconds = 300 };
        table.License = table.License with { ExpiresAt = table.Now.Utc.AddSeconds(1) };
        table.LogIn("A", metadata: First.Metadata);
        table.Pass(60.999);
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
        table.Pass(0.001);
        Assert.IsType<Outcome.LicenseRefused>(table.Heartbeat("A"));
    }

    [Fact]
    public void Sessions_are_empty_only_where_nobody_lives_is_remembered_or_marked()
    {
        table.LogIn("A");
        Assert.False(table.Sessions.IsEmpty);
        table.LogOut(table.Holder("A").SessionId);
        Assert.False(table.Sessions.IsEmpty);
        table.LogIn("A");
        table.Release("A");
        Assert.True(table.Sessions.IsEmpty);
    }
}
