using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>docs/protocol.md, One device in two places: what shows it, and what becomes of it where the setting says "refuse".</summary>
public sealed class TwoPlacesRulesTests
{
    private readonly RulesTable table = new();

    [Fact]
    public void Heard_from_one_network_from_another_and_from_the_first_again_is_a_device_in_two_places()
    {
        table.LogIn("A");
        Assert.Empty(Beat(30, "2.2.2.2"));
        Assert.Equal([CopySign.TwoNetworks], Beat(30, "1.1.1.1"));
        var seen = Assert.Single(table.Changes.OfType<SessionChange.CopySeen>());
        Assert.Equal("2.2.2.0/24 and 1.1.1.0/24", seen.Where);
        Assert.NotNull(table.Holder("A").Copied);
    }

    [Fact]
    public void Three_computers_that_take_turns_are_seen_too()
    {
        table.LogIn("A");
        Assert.Empty(Beat(10, "2.2.2.2"));
        Assert.Empty(Beat(10, "3.3.3.3"));
        Assert.Equal([CopySign.TwoNetworks], Beat(10, "1.1.1.1"));
    }

    [Fact]
    public void Whoever_is_in_ever_other_places_is_in_more_than_one()
    {
        table.LogIn("A");
        var signs = Enumerable.Range(2, 20).SelectMany(i => Beat(4, $"{i}.2.2.2")).ToList();
        Assert.Equal([CopySign.TwoNetworks], signs);
    }

    [Theory]
    [InlineData(44.9, true)]
    [InlineData(45.1, false)]
    public void Back_after_more_than_three_intervals_is_a_journey(double seconds, bool isSeen)
    {
        table.LogIn("A");
        Assert.Empty(Beat(seconds, "2.2.2.2"));
        Assert.Equal(isSeen, Beat(seconds, "1.1.1.1").Count > 0);
    }

    [Fact]
    public void Another_address_of_the_same_network_is_the_same_place()
    {
        table.LogIn("A");
        for (var i = 0; i < 10; i++) Assert.Empty(Beat(10, $"1.1.1.{i}"));
    }

    [Fact]
    public void It_is_written_down_once_a_minute_with_how_often_it_was_seen()
    {
        table.LogIn("A");
        var noted = new List<int>();
        for (var i = 1; i <= 24; i++)
        {
            Beat(10, i % 2 == 0 ? "1.1.1.1" : "2.2.2.2");
            noted.AddRange(table.Changes.OfType<SessionChange.CopySeen>().Select(seen => seen.Times));
        }

        Assert.Equal([1, 6, 6, 6], noted);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(30, false)]
    [InlineData(10, true)]
    [InlineData(15, true)]
    public void Twice_the_heartbeats_for_five_minutes_are_two_devices(double every, bool isSeen)
    {
        table.LogIn("A");
        var signs = new List<CopySign>();
        for (var passed = 0d; passed < 700; passed += every)
        {
            signs.AddRange(Beat(every, "1.1.1.1"));
            // Installed bots ask besides, every five minutes.
            if ((int)passed % 300 < every) signs.AddRange(Beat(0, "1.1.1.1"));
        }

        Assert.Equal(isSeen, signs.Count > 0);
        Assert.All(signs, sign => Assert.Equal(CopySign.TooManyHeartbeats, sign));
    }

    [Fact]
    public void A_launcher_and_a_bot_of_one_machine_beat_each_for_itself()
    {
        table.LogIn(Says("1.1.1.1") with { App = "bot" });
        for (var passed = 0; passed < 700; passed += 15)
        {
            table.Pass(15);
            table.Heartbeat(Says("1.1.1.1") with { App = passed % 2 == 0 ? "bot" : "launcher" });
            Assert.Empty(table.Signs);
        }
    }

    [Fact]
    public void Two_bots_of_one_machine_that_name_their_symbols_are_not_taken_for_two_machines()
    {
        table.LogIn(Says("1.1.1.1") with { App = "bot" });
        for (var passed = 0; passed < 700; passed += 15)
        {
            table.Pass(15);
            table.Heartbeat(Says("1.1.1.1") with { App = "bot", Symbol = passed % 2 == 0 ? "ES" : "NQ" });
            Assert.Empty(table.Signs);
        }
    }

    [Theory]
    [InlineData("One that only logs in, again and again")]
    [InlineData("More programs than a machine has")]
    [InlineData("One of them changes its symbol once")]
    public void Many_machines_with_one_fingerprint_are_seen_however_they_hide(string how)
    {
        table.LogIn("A");
        var signs = new List<CopySign>();
        for (var second = 0; second < 900; second += 30)
        {
            table.Pass(30);
            for (var machine = 0; machine < 14; machine++)
            {
                if (how[0] != 'M' && machine > 3) break;
                var says = Says("1.1.1.1") with { App = how[0] == 'M' ? $"bot{machine}" : null, Symbol = how.Contains("symbol", StringComparison.Ordinal) ? second == 120 && machine == 2 ? "NQ" : "ES" : null };
                _ = how.Contains("logs in", StringComparison.Ordinal) && machine > 0 ? table.LogIn(says) : table.Heartbeat(says);
                signs.AddRange(table.Signs);
            }
        }

        Assert.Contains(CopySign.TooManyHeartbeats, signs);
    }

    [Fact]
    public void A_release_and_a_login_do_not_wipe_out_what_was_seen()
    {
        table.LogIn("A");
        var signs = new List<CopySign>();
        for (var i = 0; i < 4; i++)
        {
            Beat(10, "2.2.2.2", out var seen);
            signs.AddRange(seen);
            table.Release("A");
            table.LogIn("A");
            signs.AddRange(table.Signs);
        }

        Assert.Contains(CopySign.TwoNetworks, signs);
        table.Release("A");
        Assert.True(table.Sessions.Traces.Length > 0);
        table.Pass(300);
        Assert.True(table.NeedsSweep());
        table.Sweep();
        Assert.True(table.Sessions.IsEmpty);
    }

    [Fact]
    public void An_ordinary_session_leaves_no_trace()
    {
        table.LogIn("A");
        for (var i = 0; i < 10; i++) Beat(20, "1.1.1.1");
        table.Release("A");
        Assert.True(table.Sessions.IsEmpty);
    }

    [Fact]
    public void Where_it_is_reported_both_places_are_served()
    {
        table.LogIn("A");
        for (var i = 0; i < 20; i++) Assert.IsType<Outcome.Holds>(Beat(15, i % 2 == 0 ? "2.2.2.2" : "1.1.1.1", out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_it_is_refused_only_the_place_of_the_login_is_served_until_the_next_login(bool forOneLicense)
    {
        if (forOneLicense) table.License = table.License with { CopiedDevices = CopiedDevices.Refuse };
        else table.Settings = table.Settings with { CopiedDevices = CopiedDevices.Refuse };
        table.LogIn("A");
        Assert.IsType<Outcome.Holds>(Beat(15, "2.2.2.2", out _));
        Assert.IsType<Outcome.Holds>(Beat(15, "1.1.1.1", out _));

        Assert.Equal(new Outcome.Conflict("A", 75), Beat(15, "2.2.2.2", out _));
        Assert.Equal(new Outcome.Conflict("A", 60), Beat(15, "2.2.2.2", out _));
        Assert.IsType<Outcome.Holds>(Beat(15, "1.1.1.1", out _));

        Assert.IsType<Outcome.Holds>(table.LogIn("A", address: "2.2.2.2"));
        Assert.Null(table.Holder("A").Copied);
        Assert.IsType<Outcome.Holds>(Beat(15, "2.2.2.2", out _));
    }

    [Fact]
    public void The_message_that_shows_it_is_refused_already()
    {
        table.Settings = table.Settings with { CopiedDevices = CopiedDevices.Refuse };
        table.LogIn("A");
        Beat(15, "2.2.2.2");
        table.LogIn("A", address: "1.1.1.1");
        Assert.IsType<Outcome.Conflict>(Beat(15, "2.2.2.2", out var signs));
        Assert.Equal([CopySign.TwoNetworks], signs);
    }

    [Fact]
    public void A_license_may_be_spared_what_is_set_for_all()
    {
        table.Settings = table.Settings with { CopiedDevices = CopiedDevices.Refuse };
        table.License = table.License with { CopiedDevices = CopiedDevices.Report };
        table.LogIn("A");
        for (var i = 0; i < 6; i++) Assert.IsType<Outcome.Holds>(Beat(15, i % 2 == 0 ? "2.2.2.2" : "1.1.1.1", out _));
    }

    [Fact]
    public void A_stream_counts_as_being_heard_from_there()
    {
        table.LogIn(Says("1.1.1.1") with { App = "bot" });
        table.OpenStream(Says("1.1.1.1") with { App = "bot" });
        table.OpenStream(Says("2.2.2.2") with { App = "bot" });
        Assert.Empty(table.Signs);
        table.Heartbeat(Says("1.1.1.1") with { App = "bot" });
        Assert.Equal([CopySign.TwoNetworks], table.Signs);
    }

    private IReadOnlyList<CopySign> Beat(double seconds, string address)
    {
        Beat(seconds, address, out var signs);
        return signs;
    }

    private Outcome Beat(double seconds, string address, out IReadOnlyList<CopySign> signs)
    {
        table.Pass(seconds);
        var outcome = table.Heartbeat("A", address: address);
        signs = table.Signs;
        return outcome;
    }

    private static ClientMessage Says(string address) => new(KeyHash.Of("KEY"), "A", address);
}
