using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>Several bots of one machine, each with its symbol, on one seat.</summary>
public sealed class SymbolRulesTests
{
    private readonly RulesTable table = new();

    [Fact]
    public void Two_symbols_of_one_machine_share_a_seat()
    {
        Assert.True(Assert.IsType<Outcome.Holds>(table.LogIn("A-ES", "ES")).Session.SeatLead);
        Assert.False(Assert.IsType<Outcome.Holds>(table.LogIn("A-NQ", "NQ")).Session.SeatLead);
    }

    [Theory]
    [InlineData("ES", "1.1.1.1")]
    [InlineData("NQ", "2.2.2.2")]
    [InlineData(null, "1.1.1.1")]
    public void The_same_symbol_another_address_or_no_symbol_is_a_conflict(string? symbol, string address)
    {
        table.LogIn("A-ES", "ES");
        Assert.IsType<Outcome.Conflict>(table.LogIn("B", symbol, address));
    }

    [Fact]
    public void Nobody_joins_a_client_that_names_its_program()
    {
        table.LogIn(Says("NEW", "ES") with { App = "bot" });
        Assert.IsType<Outcome.Conflict>(table.LogIn("FRIEND", "ZZ"));
        Assert.IsType<Outcome.Conflict>(table.Check("FRIEND"));
        table.Release(Says("NEW", null) with { App = "bot", Handover = true });
        Assert.IsType<Outcome.Conflict>(table.LogIn("FRIEND", "ZZ"));
        table.Release(Says("NEW", null) with { App = "bot" });
        Assert.IsType<Outcome.Holds>(table.LogIn("FRIEND", "ZZ"));
    }

    private static ClientMessage Says(string device, string? symbol) => new(Portal.Licensing.KeyHash.Of("KEY"), device, "1.1.1.1", Symbol: symbol);

    [Fact]
    public void With_symbol_sessions_off_every_fingerprint_is_a_device_of_its_own()
    {
        table.Settings = table.Settings with { SymbolSessions = SymbolSessions.Off };
        table.LogIn("A-ES", "ES");
        Assert.IsType<Outcome.Conflict>(table.LogIn("A-NQ", "NQ"));
        Assert.IsType<Outcome.Conflict>(table.Check("A"));
    }

    [Fact]
    public void The_launcher_that_only_asks_from_the_bots_address_is_no_conflict()
    {
        table.LogIn("A-ES", "ES");
        Assert.IsType<Outcome.WouldHold>(table.Check("A"));
        Assert.IsType<Outcome.Conflict>(table.Check("A", "2.2.2.2"));
    }

    [Fact]
    public void When_the_lead_of_a_shared_seat_ends_another_leads_it_and_the_seat_stays_taken()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        table.Release("A-ES");
        Assert.True(table.Holder("A-NQ").SeatLead);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
    }

    [Fact]
    public void All_bots_of_a_machine_that_idled_over_a_weekend_resume_their_own_sessions()
    {
        var es = Assert.IsType<Outcome.Holds>(table.LogIn("A-ES", "ES")).Session.SessionId;
        var nq = Assert.IsType<Outcome.Holds>(table.LogIn("A-NQ", "NQ")).Session.SessionId;
        table.Pass(300);
        table.Sweep();
        Assert.Equal(nq, Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ", "NQ")).Session.SessionId);
        Assert.Equal(es, Assert.IsType<Outcome.Holds>(table.Heartbeat("A-ES", "ES")).Session.SessionId);
    }

    [Fact]
    public void A_symbol_that_a_seat_mate_trades_is_not_taken_over()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        Assert.True(Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ", "ES")).SymbolKept);
        Assert.Equal("NQ", table.Holder("A-NQ").Symbol);
    }

    [Fact]
    public void An_address_of_the_same_network_is_the_same_place()
    {
        table.LogIn("A-ES", "ES", "203.0.113.5");
        Assert.IsType<Outcome.Holds>(table.LogIn("A-NQ", "NQ", "203.0.113.77"));
        Assert.IsType<Outcome.Conflict>(table.LogIn("A-CL", "CL", "203.0.114.5"));
        Assert.IsType<Outcome.WouldHold>(table.Check("A", "203.0.113.9"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void So_many_devices_as_is_set_share_a_seat_and_the_next_is_a_conflict(int most)
    {
        table.Settings = table.Settings with { DevicesPerSeat = most };
        for (var i = 0; i < 30; i++)
        {
            var outcome = table.LogIn($"A-{i}", $"S{i}");
            if (i < most) Assert.IsType<Outcome.Holds>(outcome);
            else Assert.IsType<Outcome.Conflict>(outcome);
        }

        Assert.Equal(most, table.Sessions.Live.Length);
    }

    [Fact]
    public void When_one_of_a_full_seat_leaves_the_next_may_join()
    {
        table.Settings = table.Settings with { DevicesPerSeat = 2 };
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        Assert.IsType<Outcome.Conflict>(table.LogIn("A-CL", "CL"));
        table.Release("A-ES");
        Assert.IsType<Outcome.Holds>(table.LogIn("A-CL", "CL"));
    }

    [Fact]
    public void Whoever_names_an_app_joins_no_seat()
    {
        table.LogIn("A-ES", "ES");
        Assert.IsType<Outcome.Conflict>(table.LogIn(Bot("A-NQ", "NQ") with { App = "bot" }));
        Assert.IsType<Outcome.Holds>(table.LogIn(Bot("A-NQ", "NQ")));
    }

    [Fact]
    public void Bots_that_logged_in_from_one_place_and_go_on_from_two_are_apart_after_a_timeout()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        Beat(30, "A-ES", "A-NQ@2.2.2.2");
        Beat(30, "A-ES", "A-NQ@2.2.2.2");
        Beat(30, "A-ES", "A-NQ@2.2.2.2");
        table.Pass(30);
        table.Heartbeat("A-ES", "ES");
        Assert.Equal(new Outcome.Conflict("A-ES", 90), table.Heartbeat("A-NQ", "NQ", "2.2.2.2"));
        Assert.Equal(EndReason.MovedApart, table.Ended("A-NQ"));
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A-NQ", "NQ", "2.2.2.2"));
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A-ES", "ES"));
    }

    [Fact]
    public void The_bot_that_is_apart_gets_a_seat_of_its_own_where_one_is_free_and_its_session_goes_on()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("A-ES", "ES");
        var session = Assert.IsType<Outcome.Holds>(table.LogIn("A-NQ", "NQ")).Session;
        for (var i = 0; i < 4; i++) Beat(30, "A-ES", "A-NQ@2.2.2.2");
        var (moved, lead) = (table.Holder("A-NQ"), table.Holder("A-ES"));
        Assert.Equal((session.SessionId, true, true), (moved.SessionId, moved.SeatLead, lead.SeatLead));
        Assert.NotEqual(lead.Seat, moved.Seat);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
    }

    [Fact]
    public void A_laptop_that_changes_its_line_takes_all_its_bots_along()
    {
        string[] symbols = ["ES", "NQ", "CL", "GC", "YM", "RTY"];
        foreach (var symbol in symbols) table.LogIn($"A-{symbol}", symbol);
        for (var line = 0; line < 5; line++)
        {
            // Each beats when it is its turn: the lead is now the first that comes from the new line, now the last.
            for (var beat = 0; beat < 6; beat++)
            {
                foreach (var symbol in symbols.Skip(line).Concat(symbols.Take(line)))
                {
                    table.Pass(5);
                    Assert.IsType<Outcome.Holds>(table.Heartbeat($"A-{symbol}", symbol, $"{line}.9.9.9"));
                }
            }
        }

        Assert.Equal(6, table.Sessions.Live.Count(s => s.Seat == 1));
        Assert.Single(table.Sessions.Live, s => s.SeatLead);
    }

    [Fact]
    public void A_bot_that_comes_back_to_its_lead_within_the_timeout_is_not_apart()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        for (var i = 0; i < 10; i++)
        {
            Beat(30, "A-ES", "A-NQ@2.2.2.2");
            Beat(30, "A-ES", "A-NQ@2.2.2.2");
            Beat(30, "A-ES", "A-NQ");
        }
    }

    [Fact]
    public void Behind_a_router_with_two_lines_nobody_is_apart()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        // Whichever line is free: the other bot may be on the other one each time it is looked at.
        for (var i = 0; i < 20; i++) Beat(20, i % 2 == 0 ? "A-ES" : "A-ES@2.2.2.2", i % 2 == 0 ? "A-NQ@2.2.2.2" : "A-NQ");
        Assert.Equal(2, table.Sessions.Live.Count(s => s.Seat == 1));
    }

    [Fact]
    public void A_lead_that_was_elsewhere_long_ago_does_not_keep_those_who_are_there()
    {
        table.LogIn("A-ES", "ES", "2.2.2.2");
        table.LogIn("A-NQ", "NQ", "2.2.2.2");
        for (var i = 0; i < 4; i++) Beat(25, "A-ES", "A-NQ@2.2.2.2");
        table.Pass(25);
        table.Heartbeat("A-ES", "ES");
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A-NQ", "NQ", "2.2.2.2"));
    }

    [Fact]
    public void When_the_lead_leaves_those_who_are_elsewhere_are_no_younger_for_it()
    {
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        table.LogIn("A-CL", "CL");
        Beat(30, "A-ES", "A-NQ", "A-CL@2.2.2.2");
        Beat(30, "A-ES", "A-NQ", "A-CL@2.2.2.2");
        table.Release("A-ES");
        Beat(30, "A-NQ", "A-CL@2.2.2.2");
        table.Pass(30);
        table.Heartbeat("A-NQ", "NQ");
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A-CL", "CL", "2.2.2.2"));
    }

    [Fact]
    public void A_number_that_is_lowered_puts_out_the_youngest_at_their_next_message_and_the_lead_never()
    {
        table.LogIn("A-ES", "ES");
        table.Pass(1);
        table.LogIn("A-NQ", "NQ");
        table.Pass(1);
        table.LogIn("A-CL", "CL");
        table.Settings = table.Settings with { DevicesPerSeat = 2 };
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A-ES", "ES"));
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A-NQ", "NQ"));
        Assert.IsType<Outcome.Conflict>(table.Check("A-CL"));
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A-CL", "CL"));
        table.Settings = table.Settings with { SymbolSessions = SymbolSessions.Off };
        Assert.IsType<Outcome.Holds>(table.Heartbeat("A-ES", "ES"));
        Assert.IsType<Outcome.Conflict>(table.Heartbeat("A-NQ", "NQ"));
    }

    [Fact]
    public void Whoever_idled_while_another_was_moved_onto_his_seat_does_not_resume_there()
    {
        table.License = table.License with { Seats = 2 };
        table.LogIn("B");
        table.LogIn("A-ES", "ES");
        table.LogIn("A-NQ", "NQ");
        var b = table.Holder("B").SessionId;
        for (var i = 0; i < 4; i++) Beat(30, "A-ES", "A-NQ@2.2.2.2");
        Assert.True(table.Holder("A-NQ").SeatLead);
        table.Release("A-NQ");
        Assert.NotEqual(b, Assert.IsType<Outcome.Holds>(table.Heartbeat("B")).Session.SessionId);
    }

    [Theory]
    [InlineData("bot", null)]
    [InlineData(null, "bot")]
    public void Who_idled_does_not_resume_past_a_holder_with_whom_the_seat_could_not_be_shared(string? own, string? holders)
    {
        var session = Assert.IsType<Outcome.Holds>(table.LogIn(Says("A", "ES") with { App = own })).Session.SessionId;
        table.Pass(300);
        table.Sweep();
        table.LogIn(Says("B", "NQ") with { App = holders });
        table.Release(Says("B", null) with { App = holders });
        Assert.NotEqual(session, Assert.IsType<Outcome.Holds>(table.Heartbeat(Says("A", "ES") with { App = own })).Session.SessionId);
    }

    // Each of them beats, at 1.1.1.1 unless it says where, after so many seconds.
    private void Beat(double seconds, params string[] devices)
    {
        table.Pass(seconds);
        foreach (var device in devices)
        {
            var (name, address) = device.Split('@') is [var moved, var to] ? (moved, to) : (device, "1.1.1.1");
            Assert.IsType<Outcome.Holds>(table.Heartbeat(name, name.Split('-')[1], address));
        }
    }

    private static ClientMessage Bot(string device, string symbol) => new(Portal.Licensing.KeyHash.Of("KEY"), device, "1.1.1.1", Symbol: symbol);
}
