using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>docs/protocol.md, One device in two places: a client that proves its installation, and somebody who copied its fingerprint.</summary>
public sealed class ProofRulesTests
{
    private static readonly string Home = new('a', 64);
    private static readonly string Other = new('b', 64);

    private readonly RulesTable table = new();
    private string? bound;

    [Fact]
    public void A_login_gives_a_token_and_whoever_has_none_cannot_go_on()
    {
        var token = LogIn();
        Assert.IsType<Outcome.LoginRequired>(Beat(null));
        Assert.Empty(table.Changes);
        Assert.IsType<Outcome.LoginRequired>(Beat("made-up"));
        Assert.IsType<Outcome.LoginRequired>(table.OpenStream(Says(null)));
        Assert.IsType<Outcome.NothingToRelease>(table.Release(Says(null)));
        Assert.IsType<Outcome.Holds>(Beat(token));
        Assert.IsType<Outcome.Holds>(table.OpenStream(Says(token)));
        Assert.IsType<Outcome.Released>(table.Release(Says(token)));
    }

    [Fact]
    public void A_message_without_a_token_keeps_nothing_alive()
    {
        LogIn();
        for (var i = 0; i < 3; i++)
        {
            table.Pass(30);
            Beat(null);
        }

        Assert.IsType<Outcome.Holds>(table.LogIn("B"));
    }

    [Fact]
    public void With_each_tenth_heartbeat_comes_another_token_and_the_one_before_stays_right()
    {
        var first = LogIn()!;
        for (var i = 1; i < 10; i++) Assert.Null(Assert.IsType<Outcome.Holds>(Beat(first)).Token);
        var second = Assert.IsType<Outcome.Holds>(Beat(first)).Token!.Text;
        Assert.NotEqual(first, second);
        Assert.IsType<SessionChange.Proved>(table.Changes[^1]);
        Assert.IsType<Outcome.Holds>(Beat(first));
        Assert.IsType<Outcome.Holds>(Beat(second));
        Assert.IsType<Outcome.Holds>(Beat(first));
    }

    [Fact]
    public void A_client_that_never_hears_of_its_next_token_goes_on_for_ever()
    {
        var only = LogIn();
        for (var i = 0; i < 100; i++) Assert.IsType<Outcome.Holds>(Beat(only));
        Assert.Empty(table.Signs);
    }

    [Fact]
    public void A_copied_profile_shows_by_an_old_token_and_both_must_log_in()
    {
        var copied = LogIn();
        var own = Beats(copied, 10);
        own = Beats(own, 10);
        Assert.IsType<Outcome.LoginRequired>(Beat(copied));
        Assert.Equal([CopySign.OldToken], table.Signs);
        Assert.IsType<Outcome.LoginRequired>(Beat(own));
        Assert.Empty(table.Signs);
        Assert.IsType<Outcome.Conflict>(table.LogIn("B"));
        // Nor does a login without the installation help.
        table.LogIn(Says(null));
        Assert.IsType<Outcome.LoginRequired>(Beat(null));

        Assert.IsType<Outcome.Holds>(Beat(LogIn()));
    }

    [Fact]
    public void Two_who_go_on_from_one_login_cannot_pass_the_next_tokens_to_each_other()
    {
        var (a, b) = (LogIn(), (string?)null);
        b = a;
        var asked = 0;
        for (var i = 0; i < 100; i++)
        {
            var outcome = i % 2 == 0 ? Beat(a) : Beat(b);
            if (outcome is Outcome.LoginRequired) asked++;
            else if (outcome is Outcome.Holds { Token: { } token }) _ = i % 2 == 0 ? a = token.Text : b = token.Text;
        }

        Assert.True(asked > 0, "Both went on for a hundred heartbeats.");
    }

    [Fact]
    public void A_launcher_and_its_bot_have_tokens_of_their_own()
    {
        var launcher = LogIn(app: "launcher");
        var bot = LogIn(app: "bot");
        for (var i = 0; i < 40; i++)
        {
            bot = Assert.IsType<Outcome.Holds>(Beat(bot, "bot")).Token?.Text ?? bot;
            if (i % 10 == 0) Assert.IsType<Outcome.Holds>(Beat(launcher, "launcher"));
        }

        Assert.IsType<Outcome.LoginRequired>(Beat(bot, "launcher"));
        Assert.Empty(table.Signs);
    }

    [Fact]
    public void After_a_time_out_a_right_token_resumes_the_session_and_none_does_not()
    {
        var token = LogIn();
        var session = table.Holder("A").SessionId;
        table.Pass(200);
        table.Sweep();
        Assert.IsType<Outcome.LoginRequired>(Beat(null));
        Assert.Equal(session, Assert.IsType<Outcome.Holds>(Beat(token)).Session.SessionId);
    }

    [Fact]
    public void A_bound_device_that_the_server_knows_no_token_of_must_log_in()
    {
        var token = LogIn();
        table.Release(Says(token));
        Assert.IsType<Outcome.LoginRequired>(Beat(token));
        Assert.IsType<Outcome.Holds>(Beat(LogIn()));
    }

    [Fact]
    public void Another_installation_is_told_of_and_let_in_where_the_setting_is_report()
    {
        LogIn();
        LogIn(Other);
        Assert.Equal([CopySign.OtherInstall], table.Signs);
        Assert.Equal(Other, table.Holder("A").Proof?.Install);
    }

    [Fact]
    public void Another_installation_is_refused_while_the_device_is_live_and_let_in_afterwards_where_the_setting_is_refuse()
    {
        table.Settings = table.Settings with { CopiedDevices = CopiedDevices.Refuse };
        var token = LogIn();
        Assert.Equal(new Outcome.Conflict("A", 90), table.LogIn(Says(null) with { Install = Other, FreshToken = SessionToken.Create(), BoundTo = bound }));
        Assert.Equal([CopySign.OtherInstall], table.Signs);
        Assert.IsType<Outcome.Conflict>(table.LogIn(Says(null) with { Address = "2.2.2.2" }));
        Assert.IsType<Outcome.Conflict>(table.Check(Says(null) with { Install = Other }));
        Assert.IsType<Outcome.WouldHold>(table.Check(Says(null) with { Install = Home }));
        Assert.IsType<Outcome.Holds>(Beat(token));

        table.Pass(90);
        Assert.NotNull(LogIn(Other));
    }

    [Fact]
    public void A_login_without_install_goes_on_with_a_session_but_cannot_beat_in_it()
    {
        var token = LogIn();
        Assert.Null(Assert.IsType<Outcome.Holds>(table.LogIn(Says(null))).Token);
        Assert.IsType<Outcome.LoginRequired>(Beat(null));
        Assert.IsType<Outcome.Holds>(Beat(token));
    }

    [Fact]
    public void An_old_program_beside_a_new_one_is_asked_for_nothing_whichever_came_first()
    {
        table.LogIn(Says(null));
        var launcher = LogIn(app: "launcher");
        Assert.IsType<Outcome.Holds>(Beat(null));
        Assert.IsType<Outcome.Holds>(Beat(launcher, "launcher"));

        table.Release(Says(null));
        table.Release(Says(launcher, "launcher"));
        launcher = LogIn(app: "launcher");
        Assert.IsType<Outcome.LoginRequired>(Beat(null));
        table.LogIn(Says(null));
        Assert.IsType<Outcome.Holds>(Beat(null));
        Assert.IsType<Outcome.Holds>(table.OpenStream(Says(null)));
        // Who has tokens is asked for them all the same.
        Assert.IsType<Outcome.LoginRequired>(Beat(null, "launcher"));
        Assert.Empty(table.Signs);
    }

    [Fact]
    public void A_login_with_install_by_somebody_else_does_not_put_out_an_old_client()
    {
        table.LogIn(Says(null));
        LogIn();
        Assert.IsType<Outcome.Holds>(Beat(null));
        table.Pass(200);
        table.Sweep();
        Assert.IsType<Outcome.Holds>(Beat(null));
        Assert.IsType<Outcome.Released>(table.Release(Says(null)));
    }

    [Fact]
    public void A_session_that_began_without_a_proof_resumes_without_one()
    {
        LogIn();
        table.LogOut(table.Holder("A").SessionId);
        table.LogIn(Says(null));
        table.Pass(93);
        table.Sweep();
        Assert.IsType<Outcome.Holds>(Beat(null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_copies_are_refused_the_installation_that_is_bound_gets_its_device_back(bool thiefHasAnInstall)
    {
        table.Settings = table.Settings with { CopiedDevices = CopiedDevices.Refuse };
        table.Release(Says(LogIn()));
        var thief = Says(null) with { Address = "2.2.2.2", Install = thiefHasAnInstall ? Other : null, FreshToken = SessionToken.Create(), BoundTo = Home };
        var let = Assert.IsType<Outcome.Holds>(table.LogIn(thief));
        Assert.NotEqual(false, let.Session.Proof?.IsGuest);

        var token = LogIn();
        Assert.IsType<Outcome.LoginRequired>(table.Heartbeat(thief with { Install = null, Token = let.Token }));
        Assert.IsType<Outcome.Conflict>(table.LogIn(thief));
        Assert.IsType<Outcome.Holds>(Beat(token));
    }

    [Fact]
    public void Two_programs_with_one_profile_in_two_places_are_seen()
    {
        var (home, away) = (LogIn(app: "bot"), LogIn(app: "bot2"));
        var signs = new List<CopySign>();
        for (var i = 0; i < 6; i++)
        {
            table.Pass(5);
            table.Heartbeat(Says(home, "bot"));
            signs.AddRange(table.Signs);
            table.Pass(5);
            table.Heartbeat(Says(away, "bot2") with { Address = "2.2.2.2" });
            signs.AddRange(table.Signs);
        }

        Assert.Equal([CopySign.TwoNetworks], signs);
    }

    [Fact]
    public void Whoever_proves_his_installation_may_have_two_lines()
    {
        var token = LogIn();
        for (var i = 0; i < 20; i++)
        {
            table.Pass(10);
            table.Heartbeat(Says(token) with { Address = i % 2 == 0 ? "2.2.2.2" : "1.1.1.1" });
            Assert.Empty(table.Signs);
        }
    }

    [Fact]
    public void Programs_that_somebody_invents_take_no_more_room_than_eight()
    {
        for (var i = 0; i < 50; i++) LogIn(app: $"app-{i}");
        Assert.Equal(8, table.Holder("A").Proof!.Chains.Length);
    }

    private string? LogIn(string? install = null, string? app = null)
    {
        var message = Says(null, app) with { Install = install ?? Home, FreshToken = SessionToken.Create(), BoundTo = bound };
        var holds = Assert.IsType<Outcome.Holds>(table.LogIn(message));
        bound = message.Install;
        return holds.Token?.Text;
    }

    private Outcome Beat(string? token, string? app = null) => table.Heartbeat(Says(token, app) with { FreshToken = SessionToken.Create(), BoundTo = bound });

    private string? Beats(string? token, int count)
    {
        for (var i = 0; i < count; i++) token = Assert.IsType<Outcome.Holds>(Beat(token)).Token?.Text ?? token;
        return token;
    }

    private ClientMessage Says(string? token, string? app = null) =>
        new(KeyHash.Of("KEY"), "A", "1.1.1.1", App: app, Token: token is null ? null : SessionToken.Of(token), BoundTo: bound);
}
