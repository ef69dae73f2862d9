using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

public sealed class SessionRulesTests
{
    private const string LongTwo = """{"current_position":2}""";

    private readonly RulesTable table = new();

    [Fact]
    public void The_first_device_to_log_in_gets_the_seat()
    {
        var outcome = Assert.IsType<Outcome.Holds>(table.LogIn("A"));
        Assert.Equal((1, true), (outcome.Session.Seat, outcome.Session.SeatLead));
        Assert.IsType<SessionChange.Started>(Assert.Single(table.Changes));
    }

    [Fact]
    public void A_second_login_of_the_same_device_goes_on_with_the_same_session()
    {
        var first = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        table.Pass(5);
        var second = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(table.Now.Ms, second.LastSeenMs);
    }

    [Fact]
    public void A_second_device_is_a_conflict_that_names_the_holder_and_the_wait()
    {
        table.LogIn("A");
        table.Pass(30);
        Assert.Equal(new Outcome.Conflict("A", 60), table.LogIn("B"));
        Assert.Empty(table.Changes);
    }

    [Theory]
    [InlineData(89.999, false)]
    [InlineData(90, true)]
    public void At_exactly_the_timeout_a_session_is_stale(double seconds, bool letIn)
    {
        table.LogIn("A");
        table.Pass(seconds);
        Assert.Equal(letIn, table.LogIn("B") is Outcome.Holds);
        Assert.Equal(letIn ? EndReason.TimedOut : null, table.Ended("A"));
    }

    [Fact]
    public void The_wait_is_rounded_up_and_never_zero()
    {
        table.LogIn("A");
        table.Pass(89.999);
        Assert.Equal(new Outcome.Conflict("A", 1), table.LogIn("B"));
    }

    [Fact]
    public void A_heartbeat_keeps_the_session_live()
    {
        table.LogIn("A");
        for (var i = 0; i < 20; i++)
        {
            table.Pass(30);
            Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
            Assert.IsType<SessionChange.Refreshed>(Assert.Single(table.Changes));
        }
    }

    [Fact]
    public void A_message_leaves_what_it_does_not_say()
    {
        table.Sessions = table.Sessions with { Live = [SessionWith(table, s => s with { BotVersion = "2.0.0", Metadata = "{}", DeviceName = "desk" })] };
        table.Heartbeat("A");
        Assert.Equal(("2.0.0", "{}", "desk"), (table.Holder("A").BotVersion, table.Holder("A").Metadata, table.Holder("A").DeviceName));
    }

    [Fact]
    public void A_late_heartbeat_of_a_former_holder_is_a_conflict_and_touches_nothing()
    {
        table.LogIn("A");
        table.Pass(95);
        table.LogIn("B");
        var holder = table.Holder("B");
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A"));
        Assert.Same(holder, table.Holder("B"));
    }

    [Fact]
    public void A_late_release_of_a_former_holder_touches_nothing()
    {
        table.LogIn("A");
        table.Pass(95);
        table.LogIn("B");
        Assert.IsType<Outcome.NothingToRelease>(table.Release("A"));
        Assert.NotNull(table.Sessions.Find("B"));
    }

    [Fact]
    public void A_release_frees_the_seat_at_once_and_twice_is_harmless()
    {
        table.LogIn("A");
        Assert.IsType<Outcome.Released>(table.Release("A"));
        Assert.Equal(EndReason.Released, table.Ended("A"));
        Assert.IsType<Outcome.NothingToRelease>(table.Release("A"));
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void A_release_that_names_another_session_changes_nothing()
    {
        table.LogIn("A");
        Assert.IsType<Outcome.NothingToRelease>(table.Release("A", Guid.CreateVersion7()));
        Assert.NotNull(table.Sessions.Find("A"));
    }

    [Fact]
    public void A_heartbeat_that_names_an_ended_session_does_not_bring_it_back()
    {
        var id = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session.SessionId;
        table.Pass(95);
        table.Sweep();
        Assert.IsType<Outcome.SessionOver>(table.Heartbeat("A", sessionId: id));
        Assert.True(table.Sessions.Live.IsEmpty);
    }

    [Fact]
    public void A_heartbeat_after_the_timeout_is_late_though_nobody_has_noticed_yet()
    {
        var before = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        table.Pass(90);
        Assert.IsType<Outcome.SessionOver>(table.Heartbeat("A", sessionId: before.SessionId));
        var after = Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session;
        Assert.Equal((before.SessionId, 1), (after.SessionId, after.Interruptions));
    }

    [Fact]
    public void A_heartbeat_that_names_a_former_session_leaves_the_present_one_alone()
    {
        var former = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session.SessionId;
        table.Release("A");
        table.LogIn("A");
        table.Pass(10);
        var present = table.Holder("A");
        Assert.IsType<Outcome.SessionOver>(table.Heartbeat("A", sessionId: former));
        Assert.Same(present, table.Holder("A"));
    }

    [Fact]
    public void A_laptop_back_within_a_quarter_of_an_hour_goes_on_with_its_session_and_history_row()
    {
        var before = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        table.Pass(90);
        table.Sweep();
        table.Pass(14 * 60);
        var after = Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session;
        Assert.Equal((before.SessionId, before.StartedAt, 1), (after.SessionId, after.StartedAt, after.Interruptions));
        Assert.IsType<SessionChange.Resumed>(Assert.Single(table.Changes));
    }

    [Fact]
    public void After_a_quarter_of_an_hour_it_is_a_new_session()
    {
        var before = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        table.Pass(90);
        table.Sweep();
        table.Pass(15 * 60);
        Assert.NotEqual(before.SessionId, Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session.SessionId);
    }

    [Fact]
    public void Nobody_resumes_a_seat_that_somebody_else_has_held_since()
    {
        var before = Assert.IsType<Outcome.Holds>(table.LogIn("A")).Session;
        table.Pass(95);
        table.LogIn("B");
        table.Release("B");
        Assert.NotEqual(before.SessionId, Assert.IsType<Outcome.Holds>(table.Heartbeat("A")).Session.SessionId);
    }

    [Fact]
    public void Only_asking_changes_nothing_not_even_what_is_stale()
    {
        table.LogIn("A");
        table.Pass(95);
        var before = table.Sessions;
        Assert.IsType<Outcome.WouldHold>(table.Check("B"));
        Assert.Same(before, table.Sessions);
        Assert.Empty(table.Changes);
    }

    [Fact]
    public void Only_asking_while_another_device_is_live_is_a_conflict_but_not_for_the_holder()
    {
        table.LogIn("A");
        Assert.IsType<Outcome.Conflict>(table.Check("B"));
        Assert.IsType<Outcome.WouldHold>(table.Check("A"));
    }

    [Theory]
    [InlineData(LicenseStatus.Suspended, LicenseProblem.Suspended)]
    [InlineData(LicenseStatus.Cancelled, LicenseProblem.Cancelled)]
    public void A_bad_license_is_refused_before_anything_else(LicenseStatus status, LicenseProblem problem)
    {
        table.LogIn("A");
        table.License = table.License with { Status = status };
        var refusal = new Outcome.LicenseRefused(problem);
        Assert.Equal(refusal, table.LogIn("B"));
        Assert.Equal(refusal, table.Heartbeat("A"));
        Assert.Equal(refusal, table.Check("A"));
    }

    [Fact]
    public void At_the_very_instant_of_its_expiry_a_license_is_expired()
    {
        table.License = table.License with { ExpiresAt = table.Now.Utc };
        Assert.Equal(new Outcome.LicenseRefused(LicenseProblem.Expired), table.LogIn("A"));
        table.License = table.License with { ExpiresAt = table.Now.Utc.AddTicks(1) };
        Assert.IsType<Outcome.Holds>(table.LogIn("A"));
    }

    [Fact]
    public void The_sweep_ends_what_is_stale_and_what_has_expired()
    {
        table.License = table.License with { Seats = 2, ExpiresAt = table.Now.Utc.AddSeconds(100) };
        table.LogIn("A");
        table.Pass(50);
        table.LogIn("B");
        table.Pass(45);
        table.Sweep();
        Assert.Equal(EndReason.TimedOut, table.Ended("A"));
        table.Pass(5);
        Assert.True(SessionRules.NeedsSweep(table.License, table.Sessions, table.Settings, table.Now));
        table.Sweep();
        Assert.Equal(EndReason.LicenseExpired, table.Ended("B"));
        Assert.False(SessionRules.NeedsSweep(table.License, table.Sessions, table.Settings, table.Now));
    }

    [Fact]
    public void An_open_position_keeps_a_live_session_through_the_grace_after_expiry()
    {
        table.Settings = table.Settings with { ExpiryGraceMinutes = 10 };
        table.License = table.License with { ExpiresAt = table.Now.Utc.AddSeconds(30) };
        table.LogIn("A", metadata: LongTwo);
        table.Pass(60);
        table.Sweep();
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
        Assert.IsType<Outcome.LicenseRefused>(table.LogIn("B"));
        Assert.IsType<Outcome.LicenseRefused>(table.Heartbeat("A", metadata: """{"current_position":0}"""));
        table.Pass(9.5 * 60);
        Assert.IsType<Outcome.LicenseRefused>(table.Heartbeat("A", metadata: LongTwo));
    }

    [Fact]
    public void Logging_out_what_has_ended_changes_nothing()
    {
        table.LogIn("A");
        var id = table.Holder("A").SessionId;
        table.Release("A");
        Assert.IsType<Outcome.NothingToRelease>(table.LogOut(id));
        Assert.Empty(table.Changes);
    }

    [Fact]
    public void A_suspension_ends_sessions_without_a_mark_and_after_reactivation_a_heartbeat_resumes()
    {
        table.LogIn("A");
        table.Change(table.License with { Status = LicenseStatus.Suspended });
        Assert.Equal(EndReason.LicenseSuspended, table.Ended("A"));
        table.Change(table.License with { Status = LicenseStatus.Active });
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A"));
    }

    [Fact]
    public void After_a_gap_a_session_has_an_interval_and_ten_seconds_left_once()
    {
        table.LogIn("A");
        table.Pass(85);
        var from = table.Now.Ms;
        table.Pass(2);
        table.Gap(from);
        Assert.Equal(new Outcome.Conflict("A", 40), table.LogIn("B"));
        table.Pass(39);
        table.Gap(table.Now.Ms);
        table.Pass(1);
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void What_was_stale_before_a_gap_stays_stale()
    {
        table.LogIn("A");
        table.Pass(90);
        table.Gap(table.Now.Ms);
        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void A_message_uses_the_credit_of_a_gap_up_and_earns_the_next()
    {
        table.LogIn("A");
        table.Pass(85);
        table.Gap(table.Now.Ms);
        table.Heartbeat("A");
        Assert.Equal(0, table.Holder("A").CreditMs);
        table.Pass(85);
        table.Gap(table.Now.Ms);
        Assert.Equal(35_000, table.Holder("A").CreditMs);
    }

    [Fact]
    public void Clearing_ends_only_what_is_stale()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A");
        table.Pass(60);
        table.LogIn("B");
        Assert.Equal(new Outcome.Cleared(0), table.Clear());
        table.Pass(30);
        Assert.Equal(new Outcome.Cleared(1), table.Clear());
        Assert.NotNull(table.Sessions.Find("B"));
    }

    private static LiveSession SessionWith(RulesTable table, Func<LiveSession, LiveSession> change)
    {
        table.LogIn("A");
        return change(table.Holder("A"));
    }
}
