using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The history check's judge, where licenses change: it finds each kind of breach, and accepts what only looks like one.</summary>
public sealed class LicenseCheckerTests
{
    [Fact]
    public void A_bad_license_is_refused_with_its_reason_and_a_good_one_never()
    {
        var suspended = () => new MadeRecord().License(1, Standing.Suspended);
        Assert.Empty(suspended().Bad(2, 0, Ask.Login, "license_suspended").License(3).LogsIn(4, 0, "s").Check());
        Assert.Equal([Breach.LicenseRefused], suspended().Bad(2, 0, Ask.Login, "license_expired").Check());
        Assert.Equal([Breach.LicenseRefused], suspended().License(3).Bad(4, 0, Ask.Heartbeat, "license_suspended").Check());
        Assert.Equal([Breach.LicenseRefused], new MadeRecord().Bad(4, 0, Ask.Check, "license_cancelled").Check());
        Assert.Equal([Breach.BadLicenseServed], suspended().LogsIn(2, 0, "s").Check());
        Assert.Equal([Breach.BadLicenseServed], suspended().Tells(2, 0, Ask.Check, Told.WouldHold).Check());
        Assert.Empty(suspended().Tells(2, 0, Ask.Release, Told.NothingHeld).Check());
    }

    [Fact]
    public void While_a_change_is_under_way_both_may_be_so()
    {
        Assert.Empty(new MadeRecord().License(2.005, Standing.Suspended).LogsIn(2, 0, "s").Check());
        Assert.Empty(new MadeRecord().License(2.005, Standing.Suspended).Bad(2, 0, Ask.Login, "license_suspended").Check());
    }

    [Theory]
    [InlineData(4.8, true)]
    [InlineData(5.2, false)]
    public void A_license_expires_at_its_time(double at, bool good)
    {
        Assert.Equal(good ? [] : [Breach.BadLicenseServed], new MadeRecord().License(1, expires: 5).LogsIn(at, 0, "s").Check());
        Assert.Equal(good ? [Breach.LicenseRefused] : [], new MadeRecord().License(1, expires: 5).Bad(at, 0, Ask.Login, "license_expired").Check());
    }

    [Fact]
    public void A_suspension_ends_what_was_held_and_a_reactivation_frees_the_seat_for_anybody()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").License(2, Standing.Suspended).License(3);
        Assert.Empty(record().LogsIn(3.5, 1, "t").Check());
        Assert.Empty(record().Holds(3.5, 0, "t").Check());
        Assert.Equal([Breach.KeptFromFreeSeat], record().Conflict(3.5, 1).Check());
        Assert.Contains(Breach.EndedSessionRevived, record().Holds(3.5, 0, "s").Check());
        Assert.Equal([Breach.ForcedLogoutForNothing], record().Tells(3.5, 0, Ask.Heartbeat, Told.ForcedOut).Check());
    }

    [Fact]
    public void What_had_timed_out_before_a_suspension_may_go_on_after_it() =>
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").License(9, Standing.Suspended).License(10).Holds(11, 0, "s").Check());

    [Fact]
    public void An_extension_before_the_expiry_ends_nobody()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").License(2, expires: 4).License(3);
        Assert.Empty(record().Holds(5, 0, "s").Check());
        Assert.Equal([Breach.TwoHolders], record().LogsIn(5, 1, "t").Check());
        Assert.Contains(Breach.HolderRefused, record().Tells(5, 0, Ask.Heartbeat, Told.SessionOver, "s").Check());
    }

    [Fact]
    public void An_expiry_ends_sessions_unless_an_extension_comes_first()
    {
        Assert.Contains(Breach.EndedSessionRevived, new MadeRecord().LogsIn(2, 0, "s").License(2.5, expires: 3).License(6).Holds(6.5, 0, "s").Check());
        Assert.Empty(new MadeRecord().LogsIn(2, 0, "s").License(2.5, expires: 3).License(3.5).Holds(6.5, 0, "s").Check());
    }

    [Fact]
    public void Seats_count_as_they_are_at_the_time()
    {
        var two = () => new MadeRecord().License(0.1, to: 2).LogsIn(1, 0, "s@1").LogsIn(2, 1, "t@2");
        Assert.Empty(two().Check());
        Assert.Equal([Breach.KeptFromFreeSeat], new MadeRecord().License(0.1, to: 2).LogsIn(1, 0, "s@1").Conflict(2, 1).Check());
        Assert.Equal([Breach.TwoHolders], two().License(3, to: 1).LogsIn(3.5, 2, "u@3").Check());
    }

    [Fact]
    public void Fewer_seats_end_the_newest()
    {
        var fewer = () => new MadeRecord().License(0.1, to: 2).LogsIn(1, 0, "s@1").LogsIn(2, 1, "t@2").License(3, to: 1);
        Assert.Empty(fewer().Holds(4, 0, "s@1").Conflict(4.5, 1).Check());
        Assert.Contains(Breach.EndedSessionRevived, fewer().Holds(4, 1, "t@2").Check());
        Assert.Contains(Breach.HolderRefused, fewer().Tells(4, 0, Ask.Heartbeat, Told.SessionOver, "s@1").Check());
        Assert.Empty(fewer().Tells(4, 1, Ask.Heartbeat, Told.SessionOver, "t@2").Check());
    }

    [Fact]
    public void The_history_says_why_a_license_ended_its_sessions()
    {
        var suspended = () => new MadeRecord().LogsIn(1, 0, "s").License(2, Standing.Suspended);
        Assert.Empty(suspended().Tells(5, 1, Ask.Release, Told.NothingHeld).Row(0, "s", 1, 2.005, "license_suspended").Check());
        Assert.Contains(Breach.HistoryDiffers, suspended().Tells(5, 1, Ask.Release, Told.NothingHeld).Row(0, "s", 1, 2.005, "license_cancelled").Check());
        Assert.Contains(Breach.HistoryDiffers, suspended().Tells(5, 1, Ask.Release, Told.NothingHeld).Row(0, "s", 1, 2.005, "timed_out").Check());
        Assert.Contains(Breach.HistoryDiffers, suspended().Tells(5, 1, Ask.Release, Told.NothingHeld).Row(0, "s", 1, 4, "license_suspended").Check());
        Assert.Contains(Breach.HistoryDiffers, suspended().Tells(5, 1, Ask.Release, Told.NothingHeld).Row(0, "s", 1, null, null, isLive: true).Check());
        Assert.Contains(Breach.HistoryDiffers, new MadeRecord().LogsIn(1, 0, "s").Row(0, "s", 1, 2, "license_suspended").Check());
    }

    [Fact]
    public void The_history_says_when_a_session_timed_out()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s");
        Assert.Empty(record().Row(0, "s", 1, 6.5, "timed_out").Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 4, "timed_out").Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 12, "timed_out").Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 2, "released").Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, 2, "forced_logout").Check());
    }

    [Fact]
    public void The_history_counts_interruptions()
    {
        var record = () => new MadeRecord().LogsIn(1, 0, "s").Holds(2, 0, "s").Holds(20, 0, "s").Holds(40, 0, "s");
        Assert.Empty(record().Row(0, "s", 1, null, null, isLive: true, interruptions: 2).Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, null, null, isLive: true, interruptions: 1).Check());
        Assert.Equal([Breach.HistoryDiffers], record().Row(0, "s", 1, null, null, isLive: true, interruptions: 3).Check());
    }

    [Fact]
    public void In_the_history_the_newest_end_when_seats_are_lowered()
    {
        // Nobody was told, so nobody but the history says who was there.
        var record = () => new MadeRecord(seats: 2).License(3, to: 1);
        Assert.Empty(record().Row(0, "s", 1, null, null, isLive: true).Row(1, "t", 2, 3.005, "seats_reduced").Check());
        Assert.Contains(Breach.HistoryDiffers, record().Row(0, "s", 1, 3.005, "seats_reduced").Row(1, "t", 2, null, null, isLive: true).Check());
    }

    [Fact]
    public void Clearing_ends_only_what_is_stale()
    {
        Assert.Equal([Breach.ClearedTooMany], new MadeRecord().LogsIn(1, 0, "s").Clears(3, 1, 1).Check());
        Assert.Empty(new MadeRecord().LogsIn(1, 0, "s").Clears(6.1, 1, 1).Check());
        Assert.Equal([Breach.ClearedTooMany], new MadeRecord().LogsIn(1, 0, "s").Clears(12, 1, 1).Check());
    }
}
