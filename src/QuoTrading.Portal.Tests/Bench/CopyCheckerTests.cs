using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>The history check's judge of fingerprints that are used in two places, of tokens, and of who is told to slow down.</summary>
public sealed class CopyCheckerTests
{
    private static readonly DeviceLayout[] New = [new("aaaaaaaa1", null, NamesApp: true, Proves: true), new("bbbbbbbb1", null)];

    [Fact]
    public void Where_copies_are_refused_a_device_in_two_places_is_served_in_one()
    {
        Assert.Equal([Breach.CopyServed], InTwoPlaces(new MadeRecord().Refuses(0.1)).From(2, 0).Holds(4, 0, "s").Check());
        Assert.Empty(InTwoPlaces(new MadeRecord().Refuses(0.1)).From(2, 0).Tells(4, 0, Ask.Heartbeat, Told.Conflict).From(1, 0).Holds(5, 0, "s").Check());
        // The first one holds all the same.
        Assert.Equal([Breach.TwoHolders], InTwoPlaces(new MadeRecord().Refuses(0.1)).From(2, 0).Tells(4, 0, Ask.Heartbeat, Told.Conflict).LogsIn(4.5, 1, "t").Check());
    }

    [Fact]
    public void Where_they_are_reported_it_is_served_in_both()
    {
        Assert.Empty(InTwoPlaces(new MadeRecord()).From(2, 0).Holds(4, 0, "s").Check());
        Assert.Contains(Breach.HolderRefused, InTwoPlaces(new MadeRecord()).From(2, 0).Tells(4, 0, Ask.Heartbeat, Told.Conflict).Check());
        Assert.Empty(InTwoPlaces(new MadeRecord().Refuses(0.1)).Refuses(3.9, refuse: false).From(2, 0).Holds(4, 0, "s").Check());
    }

    [Fact]
    public void Nobody_is_refused_where_his_session_began_or_who_was_away_for_long()
    {
        Assert.Contains(Breach.HolderRefused, InTwoPlaces(new MadeRecord().Refuses(0.1)).Tells(4, 0, Ask.Heartbeat, Told.Conflict).Check());
        var slow = () => new MadeRecord().Timeout(0.1, 16).Refuses(0.1).LogsIn(1, 0, "s").From(2, 0).Holds(5, 0, "s").From(1, 0).Holds(9, 0, "s").From(2, 0);
        Assert.Contains(Breach.HolderRefused, slow().Tells(16, 0, Ask.Heartbeat, Told.Conflict).Check());
        Assert.Empty(slow().Holds(16, 0, "s").Check());
    }

    [Fact]
    public void Time_in_which_the_server_stood_still_is_no_time_away()
    {
        var record = () => new MadeRecord().Timeout(0.1, 16).Refuses(0.1).LogsIn(1, 0, "s").Holds(2, 0, "s").From(2, 0).LogsIn(12.5, 0, "s").From(1, 0).Tells(13, 0, Ask.Heartbeat, Told.Conflict);
        Assert.Empty(record().Suspended(3, 12).Check());
        Assert.Contains(Breach.HolderRefused, record().Check());
    }

    [Fact]
    public void A_login_settles_it()
    {
        var record = () => InTwoPlaces(new MadeRecord().Refuses(0.1)).From(2, 0).LogsIn(4, 0, "s");
        Assert.Empty(record().Holds(5, 0, "s").Check());
        Assert.Contains(Breach.HolderRefused, record().Tells(5, 0, Ask.Heartbeat, Told.Conflict).Check());
    }

    [Fact]
    public void A_proven_session_asks_for_its_token()
    {
        Assert.Equal([Breach.TokenNotAsked], Proven().Beats(2, 0, "s", "bot").Check());
        Assert.Empty(Proven().TellsWith(2, 0, null, Ask.Heartbeat, Told.LoginRequired).Proves(3, 0, "s", Ask.Heartbeat, "one").Check());
        Assert.Contains(Breach.HolderRefused, Proven().TellsWith(2, 0, "one", Ask.Heartbeat, Told.LoginRequired).Check());
        Assert.Contains(Breach.HolderRefused, new MadeRecord().LogsIn(1, 0, "s").Tells(2, 0, Ask.Heartbeat, Told.LoginRequired).Check());
    }

    [Fact]
    public void Who_has_no_token_costs_the_holder_nothing()
    {
        Assert.Equal([Breach.TwoHolders], Proven().TellsWith(2, 0, null, Ask.Release, Told.NothingHeld).LogsIn(3, 1, "t").Check());
        Assert.Empty(Proven().TellsWith(2, 0, null, Ask.Release, Told.NothingHeld).Conflict(3, 1).Check());
        Assert.Equal([Breach.TokenNotAsked], Proven().TellsWith(2, 0, null, Ask.Release, Told.Released).Check());
    }

    [Fact]
    public void The_current_token_and_the_one_before_are_right_and_an_older_one_is_not()
    {
        var record = () => Proven().Proves(2, 0, "s", Ask.Heartbeat, "one", "two").Proves(2.5, 0, "s", Ask.Heartbeat, "two").Proves(3, 0, "s", Ask.Login, null, "three").Proves(3.5, 0, "s", Ask.Heartbeat, "three");
        Assert.Equal([Breach.OldTokenServed], record().Proves(4, 0, "s", Ask.Heartbeat, "one").Check());
        Assert.Empty(record().Proves(4, 0, "s", Ask.Heartbeat, "two").Check());
        // And then both must log in.
        Assert.Empty(record().TellsWith(4, 0, "one", Ask.Heartbeat, Told.LoginRequired).TellsWith(4.2, 0, "three", Ask.Heartbeat, Told.LoginRequired).Proves(4.5, 0, "s", Ask.Login, null, "four").Check());
        Assert.Contains(Breach.HolderRefused, record().TellsWith(4, 0, "one", Ask.Heartbeat, Told.LoginRequired).Proves(4.5, 0, "s", Ask.Login, null, "four").TellsWith(5, 0, "four", Ask.Heartbeat, Told.LoginRequired).Check());
    }

    [Fact]
    public void A_token_that_was_never_used_may_make_way_for_the_next() =>
        Assert.Empty(Proven().Proves(2, 0, "s", Ask.Heartbeat, "one", "two").Proves(3, 0, "s", Ask.Heartbeat, "one", "three").Proves(3.5, 0, "s", Ask.Heartbeat, "three").Proves(4, 0, "s", Ask.Heartbeat, "one").Check());

    [Fact]
    public void Where_answers_were_lost_a_token_may_be_older_than_its_client_knows()
    {
        Assert.Contains(Breach.HolderRefused, Proven().Lost(2, 0, Ask.Heartbeat).TellsWith(3, 0, "one", Ask.Heartbeat, Told.LoginRequired).Check());
        var lost = Proven();
        Assert.Empty(lost.LosesLogin(2, 0).LosesLogin(2.1, 0).TellsWith(3, 0, "one", Ask.Heartbeat, Told.LoginRequired).Check());
    }

    [Fact]
    public void A_holder_is_told_to_slow_down_only_by_what_he_asks_himself()
    {
        Assert.Equal([Breach.HolderThrottled], Flooded().LogsIn(1, 0, "s").Tells(4, 0, Ask.Heartbeat, Told.TooMany).Check());
        Assert.Empty(Flooded().LogsIn(1, 0, "s").Tells(4, 1, Ask.Heartbeat, Told.TooMany).Check());
        var hasty = () =>
        {
            var record = new MadeRecord().LogsIn(1, 0, "s");
            for (var i = 0; i < 40; i++) record.Holds(2 + (i * 0.01), 0, "s");
            return record;
        };
        Assert.Empty(hasty().Tells(3, 0, Ask.Heartbeat, Told.TooMany).Check());
        Assert.Equal([Breach.ReleaseRefused], hasty().Tells(3, 0, Ask.Release, Told.TooMany).Check());
    }

    [Fact]
    public void Nobody_is_told_to_slow_down_for_nothing() =>
        Assert.Equal([Breach.ThrottledForNothing], new MadeRecord().Tells(4, 1, Ask.Login, Told.TooMany).Check());

    [Fact]
    public void A_license_has_so_many_new_devices_in_a_day()
    {
        Assert.Empty(Crowd(4).Check());
        Assert.Equal([Breach.TooManyNewDevices], Crowd(5).Check());
        Assert.Empty(Crowd(4).Tells(40, 4, Ask.Login, Told.TooManyToday).Check());
        Assert.Equal([Breach.ThrottledForNothing], Crowd(3).Tells(40, 4, Ask.Login, Told.TooManyToday).Check());
        Assert.Equal([Breach.ThrottledForNothing], Crowd(4).Tells(40, 2, Ask.Login, Told.TooManyToday).Check());
        // A restart begins a day.
        Assert.Empty(Crowd(5, killed: true).Check());
    }

    private static MadeRecord Proven() => new MadeRecord(1, New).Proves(1, 0, "s", Ask.Login, null, "one");

    // At home at 1 s, elsewhere at 2 s, at home again at 3 s.
    private static MadeRecord InTwoPlaces(MadeRecord record) => record.LogsIn(1, 0, "s").From(2, 0).Holds(2, 0, "s").From(1, 0).Holds(3, 0, "s");

    private static MadeRecord Flooded()
    {
        var record = new MadeRecord();
        for (var i = 0; i < 100; i++) record.Tells(2 + (i * 0.01), 2, Ask.Login, i < 55 ? Told.Conflict : Told.TooMany);
        return record;
    }

    // One after the other, each after the one before it has timed out.
    private static MadeRecord Crowd(int count, bool killed = false)
    {
        var record = new MadeRecord(1, [.. Enumerable.Range(0, 6).Select(i => new DeviceLayout($"{i:x8}1", null))]);
        for (var i = 0; i < count; i++) record.LogsIn(1 + (i * 7), i, $"{i}");
        return killed ? record.Killed(13, 13.5) : record;
    }
}
