using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Streams;

/// <summary>docs/protocol.md, The session stream: what opening and losing one does, and how programs of one device leave.</summary>
public sealed class StreamRulesTests
{
    private readonly RulesTable table = new();

    [Fact]
    public void A_stream_is_a_sign_of_life_like_a_heartbeat()
    {
        table.LogIn("A");
        table.Pass(85);
        Assert.Equal(table.Holder("A").SessionId, Assert.IsType<Outcome.Holds>(Open("A")).Session.SessionId);
        table.Pass(85);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
    }

    [Fact]
    public void A_stream_that_somebody_opens_elsewhere_and_drops_ends_nobody()
    {
        table.LogIn("A");
        table.Pass(1);
        table.OpenStream(new ClientMessage(KeyHash.Of("KEY"), "A", "2.2.2.2"));
        table.Lose("A", table.Now.Ms, ("", table.Now.Ms));
        Assert.Null(table.Holder("A").Lost);
        table.Pass(6);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));

        // From the same network it is the device's own.
        table.Pass(85);
        table.Heartbeat("A", address: "2.2.2.2");
        table.Pass(45);
        table.OpenStream(new ClientMessage(KeyHash.Of("KEY"), "A", "2.2.2.2"));
        table.Lose("A", table.Now.Ms, ("", table.Now.Ms));
        Assert.NotNull(table.Holder("A").Lost);
    }

    [Fact]
    public void A_bot_on_a_shared_seat_cannot_stay_from_elsewhere_by_handing_over()
    {
        table.LogIn("A", "ES");
        table.LogIn("B", "NQ");
        for (var i = 0; i < 2; i++)
        {
            Assert.IsType<Outcome.Released>(HandOver("B", "2.2.2.2"));
            table.Pass(60);
            table.Heartbeat("A", "ES");
        }

        Assert.IsType<Outcome.NothingToRelease>(HandOver("B", "2.2.2.2"));
        Assert.Equal(EndReason.MovedApart, table.Ended("B"));
        // A laptop that has just changed its line hands over as ever.
        Assert.IsType<Outcome.Released>(HandOver("A", "3.3.3.3"));
        Assert.NotNull(table.Holder("A"));

        Outcome HandOver(string device, string address) => table.Release(new ClientMessage(KeyHash.Of("KEY"), device, address, Handover: true));
    }

    [Fact]
    public void A_session_knows_no_more_programs_than_any_machine_runs()
    {
        table.LogIn("A");
        for (var i = 0; i < 50; i++) table.Heartbeat(new ClientMessage(KeyHash.Of("KEY"), "A", "1.1.1.1", App: $"app{i}"));
        Assert.Equal(15, table.Holder("A").OtherApps.Length);
    }

    [Fact]
    public void A_stream_begins_and_resumes_no_session()
    {
        Assert.IsType<Outcome.SessionOver>(Open("A"));
        table.LogIn("A");
        table.Pass(90);
        Assert.IsType<Outcome.SessionOver>(Open("A"));
        Assert.Empty(table.Sessions.Live);
        table.LogIn("B");
        Assert.Equal(new Outcome.Conflict("B", 90), Open("A"));
    }

    [Fact]
    public void A_stream_is_refused_as_a_heartbeat_is()
    {
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId);
        Assert.IsType<Outcome.ForcedOut>(Open("A"));
        table.LogIn("A");
        table.LogOut(table.Holder("A").SessionId, new KeptOutUntil(RulesTable.Noon.AddDays(1)));
        Assert.IsType<Outcome.KeptOut>(Open("A"));
        table.Change(table.License with { Status = LicenseStatus.Suspended });
        Assert.IsType<Outcome.LicenseRefused>(Open("A"));
    }

    [Fact]
    public void A_stream_that_names_another_session_is_refused()
    {
        table.LogIn("A");
        Assert.IsType<Outcome.SessionOver>(table.OpenStream(Says("A") with { SessionId = Guid.CreateVersion7() }));
    }

    [Theory]
    [InlineData(4.999, false)]
    [InlineData(5, true)]
    public void Whose_last_stream_dropped_has_the_grace_to_come_back_and_not_more(double seconds, bool letIn)
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        table.Pass(seconds);
        Assert.Equal(letIn, table.LogIn("B") is Outcome.Holds);
        Assert.Equal(letIn ? EndReason.ConnectionLost : null, table.Ended("A"));
    }

    [Fact]
    public void The_grace_counts_from_the_drop_however_late_that_is_decided()
    {
        table.LogIn("A");
        Open("A");
        var dropped = table.Now.Ms;
        table.Pass(3);
        table.Lose("A", dropped, ("", dropped));
        table.Pass(2);
        Assert.True(table.NeedsSweep());
    }

    [Fact]
    public void The_conflict_says_how_long_the_grace_lasts()
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        table.Pass(2);
        Assert.Equal(new Outcome.Conflict("A", 3), table.LogIn("B"));
    }

    [Fact]
    public void The_grace_is_a_setting_that_acts_at_once()
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        table.Settings = table.Settings with { DisconnectGraceSeconds = 0 };
        table.Sweep();
        Assert.Equal(EndReason.ConnectionLost, table.Ended("A"));
    }

    [Fact]
    public void While_it_may_be_one_of_many_nobody_is_judged_sooner_than_that_is_known()
    {
        table.Settings = table.Settings with { DisconnectGraceSeconds = 0 };
        table.LogIn("A");
        Open("A");
        table.Lose("A", table.Now.Ms, [("", table.Now.Ms)], leastMs: 2000);
        table.Pass(1.999);
        Assert.False(table.NeedsSweep());
        table.Pass(0.001);
        Assert.True(table.NeedsSweep());
    }

    [Theory]
    [InlineData("heartbeat")]
    [InlineData("login")]
    [InlineData("stream")]
    public void Whoever_comes_back_within_the_grace_has_his_whole_timeout_again(string by)
    {
        table.LogIn("A");
        var session = table.Holder("A").SessionId;
        Open("A");
        Drop("A");
        table.Pass(4.9);
        Assert.IsType<Outcome.Holds>(by switch { "heartbeat" => table.Heartbeat("A"), "login" => table.LogIn("A"), _ => Open("A") });
        Assert.Null(table.Holder("A").Lost);
        table.Pass(89);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
        Assert.Equal(session, table.Holder("A").SessionId);
    }

    [Fact]
    public void A_heartbeat_that_came_after_the_drop_and_before_the_verdict_counts()
    {
        table.LogIn("A");
        Open("A");
        var dropped = table.Now.Ms;
        table.Pass(0.05);
        table.Heartbeat("A");
        table.Lose("A", dropped, ("", dropped));
        Assert.Null(table.Holder("A").Lost);
    }

    [Fact]
    public void An_old_bot_beside_a_new_launcher_is_judged_by_its_heartbeats_alone()
    {
        table.LogIn("A");
        table.Pass(1);
        Open("A", app: "launcher");
        Drop("A", "launcher");
        Assert.Null(table.Holder("A").Lost);
        table.Pass(89);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
    }

    [Fact]
    public void An_old_bot_that_was_silent_for_the_timeout_counts_no_more()
    {
        table.LogIn("A");
        table.Pass(60);
        Open("A", app: "launcher");
        table.Pass(30);
        Drop("A", "launcher");
        Assert.NotNull(table.Holder("A").Lost);
    }

    [Fact]
    public void When_launcher_and_bot_both_dropped_the_grace_begins()
    {
        table.LogIn("A");
        Beat("A", "");
        table.Pass(91);
        Beat("A", "launcher");
        Open("A", "launcher");
        Beat("A", "bot");
        Open("A", "bot");
        table.Pass(1);
        table.Lose("A", table.Now.Ms, ("launcher", table.Now.Ms), ("bot", table.Now.Ms));
        Assert.NotNull(table.Holder("A").Lost);
    }

    [Fact]
    public void A_bot_whose_network_lets_no_stream_through_lives_by_its_heartbeats()
    {
        table.LogIn(Says("A", "bot"));
        Open("A", "bot");
        var dropped = table.Now.Ms;
        table.Pass(1);
        Beat("A", "bot");
        table.Pass(1);
        Open("A", "launcher");
        table.Pass(1);
        table.Lose("A", table.Now.Ms, ("bot", dropped), ("launcher", table.Now.Ms));
        Assert.Null(table.Holder("A").Lost);
    }

    [Fact]
    public void A_drop_of_a_former_session_says_nothing_of_the_present_one()
    {
        table.LogIn("A");
        Open("A");
        var former = table.Holder("A").SessionId;
        table.Release("A");
        table.LogIn("A");
        table.LoseSession(former, table.Now.Ms, ("", table.Now.Ms));
        Assert.Null(table.Holder("A").Lost);
    }

    [Fact]
    public void Waived_a_session_is_judged_by_its_heartbeats()
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        table.Waive("A");
        table.Pass(89);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
        table.Pass(1);
        table.Sweep();
        Assert.Equal(EndReason.TimedOut, table.Ended("A"));
    }

    [Fact]
    public void A_gap_of_the_servers_takes_a_drop_back()
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        var from = table.Now.Ms;
        table.Pass(2);
        table.Gap(from);
        Assert.Null(table.Holder("A").Lost);
        table.Pass(30);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
    }

    [Fact]
    public void A_gap_revives_nobody_whose_grace_was_over_before()
    {
        table.LogIn("A");
        Open("A");
        Drop("A");
        table.Pass(5);
        table.Gap(table.Now.Ms);
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void A_session_whose_connection_was_lost_is_not_resumed()
    {
        table.LogIn("A");
        var session = table.Holder("A").SessionId;
        Open("A");
        Drop("A");
        table.Pass(5);
        Assert.NotEqual(session, Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session.SessionId);
    }

    [Fact]
    public void Silent_for_the_timeout_it_timed_out_whatever_became_of_its_streams()
    {
        table.LogIn("A");
        Open("A");
        table.Pass(87);
        Drop("A");
        table.Pass(3);
        table.Sweep();
        Assert.Equal(EndReason.TimedOut, table.Ended("A"));
    }

    [Fact]
    public void A_release_that_names_its_program_ends_the_session_when_nobody_else_is_in_it()
    {
        table.LogIn(Says("A", "launcher"));
        Assert.IsType<Outcome.Released>(table.Release(Says("A", "launcher")));
        Assert.Equal(EndReason.Released, table.Ended("A"));
    }

    [Fact]
    public void The_launcher_leaves_and_the_bot_goes_on()
    {
        table.LogIn(Says("A", "launcher"));
        table.Pass(10);
        Beat("A", "bot");
        Assert.IsType<Outcome.Released>(table.Release(Says("A", "launcher")));
        Assert.Equal("launcher", Assert.Single(table.Changes.OfType<SessionChange.AppLeft>()).App);
        Assert.Equal(["bot"], table.Holder("A").LiveApps(table.Settings, table.Now.Ms).Select(app => app.Name));
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
        Assert.IsType<Outcome.Released>(table.Release(Says("A", "bot")));
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void A_program_that_was_silent_for_the_timeout_keeps_no_session()
    {
        table.LogIn(Says("A", "bot"));
        table.Pass(80);
        Beat("A", "launcher");
        table.Pass(10);
        table.Release(Says("A", "launcher"));
        Assert.Equal(EndReason.Released, table.Ended("A"));
    }

    [Fact]
    public void A_release_that_names_no_program_ends_the_session_as_ever()
    {
        table.LogIn(Says("A", "launcher"));
        Beat("A", "bot");
        table.Release("A");
        Assert.Equal(EndReason.Released, table.Ended("A"));
    }

    [Fact]
    public void A_hand_over_leaves_the_whole_timeout_for_the_bot_that_starts()
    {
        table.LogIn(Says("A", "launcher"));
        Open("A", "launcher");
        table.Pass(80);
        Assert.IsType<Outcome.Released>(table.Release(Says("A", "launcher") with { Handover = true }));
        table.Lose("A", table.Now.Ms, ("launcher", table.Now.Ms));
        Assert.Null(table.Holder("A").Lost);
        table.Pass(89);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
        var session = table.Holder("A").SessionId;
        Assert.Equal(session, Assert.IsType<Outcome.Holds>(table.LogIn(Says("A", "bot"))).Session.SessionId);
        Assert.Equal(["bot"], table.Holder("A").LiveApps(table.Settings, table.Now.Ms).Select(app => app.Name));
    }

    [Fact]
    public void A_program_that_leaves_makes_none_younger_that_stays()
    {
        table.LogIn(Says("A"));
        table.Pass(80);
        Beat("A", "bot");
        table.Release(Says("A", "bot"));
        Assert.Equal("A", table.Holder("A").Device);
        table.Pass(5);
        Beat("A", "bot");
        table.Pass(5);
        // The one without a name was last heard of 90 seconds ago.
        table.Release(Says("A", "bot"));
        Assert.Equal(EndReason.Released, table.Ended("A"));
    }

    [Fact]
    public void A_hand_over_to_nobody_ends_by_the_timeout()
    {
        table.LogIn(Says("A", "launcher"));
        table.Release(Says("A", "launcher") with { Handover = true });
        table.Pass(90);
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void Two_programs_that_beat_in_turns_are_both_known_and_one_that_stops_is_forgotten()
    {
        table.LogIn(Says("A", "launcher"));
        table.Pass(30);
        Beat("A", "bot");
        table.Pass(30);
        Beat("A", "launcher");
        Assert.Equal(["bot", "launcher"], table.Holder("A").LiveApps(table.Settings, table.Now.Ms).Select(app => app.Name).Order());
        table.Pass(60);
        Beat("A", "launcher");
        Assert.Empty(table.Holder("A").OtherApps);
    }

    private static ClientMessage Says(string device, string? app = null) => new(KeyHash.Of("KEY"), device, "1.1.1.1", App: app);

    private Outcome Open(string device, string? app = null) => table.OpenStream(Says(device, app));

    private void Beat(string device, string app) => table.Heartbeat(Says(device, app.Length == 0 ? null : app));

    private void Drop(string device, string app = "") => table.Lose(device, table.Now.Ms, (app, table.Now.Ms));
}
