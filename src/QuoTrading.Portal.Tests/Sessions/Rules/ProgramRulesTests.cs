using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>Several programs of one device in one session: what each told is its own.</summary>
public sealed class ProgramRulesTests
{
    private const string LongTwo = """{"current_position":2,"session_pnl":100.5}""";
    private const string Flat = """{"current_position":0,"session_pnl":-20}""";

    private readonly RulesTable table = new();

    [Fact]
    public void Two_programs_keep_what_each_told()
    {
        LogIn("bot-ES", "ES", LongTwo, "2.1", "online");
        LogIn("bot-NQ", "NQ", Flat, "2.2", "idle");
        Beat("bot-ES");
        Assert.Equal(
            [("bot-ES", new AppReport("ES", "2.1", "online", new Telemetry(2, null, 100.5m))), ("bot-NQ", new AppReport("NQ", "2.2", "idle", new Telemetry(0, null, -20)))],
            Programs());
        Assert.True(IsOpen());
    }

    [Fact]
    public void What_the_session_knows_is_what_any_of_them_said_last_as_ever()
    {
        LogIn("bot-ES", "ES", LongTwo, "2.1", "online");
        LogIn("launcher");
        var session = table.Holder("A");
        Assert.Equal(("ES", "2.1", "online", LongTwo), (session.Symbol, session.BotVersion, session.Status, session.Metadata));
        Beat("bot-NQ", "NQ", Flat);
        Assert.Equal(("NQ", Flat), (table.Holder("A").Symbol, table.Holder("A").Metadata));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bot")]
    public void One_program_keeps_nothing_beside_the_session(string? app)
    {
        LogIn(app, "ES", LongTwo);
        Beat(app, metadata: Flat);
        Assert.False(table.Holder("A").HasReports);
        Assert.False(IsOpen());
        Beat(app, metadata: LongTwo);
        Assert.False(table.Holder("A").HasReports);
        Assert.True(IsOpen());
    }

    [Fact]
    public void A_hand_over_leaves_the_session_to_one_program()
    {
        LogIn("launcher", version: "1.0");
        table.Release(Says("launcher") with { Handover = true });
        LogIn("bot", "ES", LongTwo);
        Assert.False(table.Holder("A").HasReports);
        Assert.Equal(("ES", "1.0"), (table.Holder("A").Symbol, table.Holder("A").BotVersion));
    }

    [Theory]
    [InlineData("bot-NQ")]
    [InlineData("bot-ES")]
    public void A_position_of_a_program_that_left_no_longer_counts(string heardLast)
    {
        LogIn("bot-ES", "ES", LongTwo);
        LogIn("bot-NQ", "NQ", Flat);
        Beat(heardLast);
        table.Release(Says("bot-ES"));
        Assert.False(IsOpen());
        Assert.Equal([("bot-NQ", new AppReport("NQ", null, null, new Telemetry(0, null, -20)))], Programs());
        Assert.Null(table.Holder("A").Metadata);

        Beat("bot-NQ");
        Assert.False(IsOpen());
        Assert.Equal("bot-NQ", Assert.Single(Programs()).App);
        Beat("bot-NQ", metadata: LongTwo);
        Assert.Equal((false, LongTwo, "NQ"), (table.Holder("A").HasReports, table.Holder("A").Metadata, table.Holder("A").Symbol));
        Assert.True(IsOpen());
    }

    [Fact]
    public void A_launcher_that_leaves_takes_nothing_along()
    {
        LogIn("launcher");
        LogIn("bot", "ES", LongTwo);
        table.Release(Says("launcher"));
        Assert.Equal((LongTwo, true), (table.Holder("A").Metadata, IsOpen()));
    }

    [Fact]
    public void A_position_of_a_program_that_is_silent_for_the_timeout_no_longer_counts()
    {
        LogIn("bot-ES", "ES", LongTwo);
        table.Pass(10);
        LogIn("launcher");
        table.Pass(79.999);
        Assert.True(IsOpen());
        table.Pass(0.001);
        Assert.False(IsOpen());

        Beat("launcher");
        Assert.Equal((false, null), (table.Holder("A").HasReports, table.Holder("A").Metadata));
        Assert.False(IsOpen());
        // Whoever comes back begins anew.
        Beat("bot-ES");
        Assert.Equal(AppReport.Nothing, Programs()[0].Report);
    }

    [Fact]
    public void A_flat_program_beside_one_with_a_position_keeps_the_session_through_the_grace_after_expiry()
    {
        table.Settings = table.Settings with { ExpiryGraceMinutes = 10 };
        table.License = table.License with { ExpiresAt = table.Now.Utc.AddSeconds(30) };
        LogIn("bot-ES", "ES", LongTwo);
        LogIn("bot-NQ", "NQ", Flat);
        table.Pass(60);
        table.Sweep();
        Assert.IsType<Outcome.Holds>(Beat("bot-NQ", metadata: Flat));
        Assert.IsType<Outcome.LicenseRefused>(Beat("bot-ES", metadata: Flat));
        Assert.IsType<Outcome.Holds>(Beat("bot-ES", metadata: LongTwo));
        table.Release(Says("bot-ES"));
        table.Sweep();
        Assert.Equal(EndReason.LicenseExpired, table.Ended("A"));
    }

    [Fact]
    public void What_is_stored_of_them_is_read_again()
    {
        LogIn("bot-ES", "ES", """{"current_position":-1.5,"position_pnl":"12.25","session_pnl":100.5,"symbol":"MES"}""", "2.1", "online");
        LogIn(null, metadata: Flat);
        var session = table.Holder("A");
        Assert.Equal(
            new Dictionary<string, AppReport>(StringComparer.Ordinal)
            {
                [""] = new(null, null, null, new Telemetry(0, null, -20)),
                ["bot-ES"] = new("ES", "2.1", "online", new Telemetry(-1.5m, 12.25m, 100.5m, "MES")),
            },
            SessionColumns.ReadReports(SessionColumns.OfReports(session)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bot")]
    [InlineData("bot\tES\n\t\t\t")]
    [InlineData("bot\tES\t\t\tmany\t\t\t\t\t")]
    public void What_cannot_be_read_of_them_is_nothing(string stored) => Assert.Empty(SessionColumns.ReadReports(stored));

    [Fact]
    public void Sums_of_what_clients_tell_never_overflow()
    {
        Assert.Equal(3, Telemetry.Add(1, 2));
        Assert.Equal(decimal.MaxValue, Telemetry.Add(decimal.MaxValue, 1));
        Assert.Equal(decimal.MinValue, Telemetry.Add(-1, decimal.MinValue));
        Assert.Equal(-1, Telemetry.Add(decimal.MaxValue, decimal.MinValue) - 1);
    }

    private static ClientMessage Says(string? app) => new(KeyHash.Of("KEY"), "A", "1.1.1.1", App: app);

    private void LogIn(string? app, string? symbol = null, string? metadata = null, string? version = null, string? status = null) =>
        Assert.IsType<Outcome.Holds>(table.LogIn(Says(app) with { Symbol = symbol, Metadata = metadata, BotVersion = version, Status = status }));

    private Outcome Beat(string? app, string? symbol = null, string? metadata = null) => table.Heartbeat(Says(app) with { Symbol = symbol, Metadata = metadata });

    private List<(string App, AppReport Report)> Programs() => [.. table.Holder("A").Programs(table.Settings, table.Now.Ms).Select(program => (program.App.Name, program.Report))];

    private bool IsOpen() => SessionRules.HasOpenPosition(table.Holder("A"), table.Settings, table.Now.Ms);
}
