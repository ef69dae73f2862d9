using QuoTrading.Portal.Sessions;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions;

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
}
