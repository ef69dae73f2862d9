using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>The C# client that launchers and bots embed, against a portal on the real clock, with a cable that can be pulled.</summary>
public sealed class EmbeddedClientTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> ShortTimeouts = new(StringComparer.Ordinal) { ["Portal:AllowShortTimeouts"] = "true" };

    private readonly string profile = Directory.CreateTempSubdirectory("profile-").FullName;
    private PortalServer portal = null!;
    private Cable cable = null!;
    private string key = "";
    private ClientDevice friend = null!;

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync(ShortTimeouts, realTime: true);
        cable = new Cable(portal.Address);
        key = await portal.CreateKeyAsync();
        friend = new ClientDevice(portal, key, "friend");
        await SetAsync(timeout: 60, interval: 20);
    }

    public async ValueTask DisposeAsync()
    {
        await cable.DisposeAsync();
        await portal.DisposeAsync();
        Directory.Delete(profile, recursive: true);
    }

    [Fact]
    public async Task It_holds_the_license_until_it_is_disposed()
    {
        var mine = await HoldAsync();
        await TradesAsync(mine);
        Assert.Null(mine.Lost);
        Assert.Equal(403, (await friend.StartAsync()).Status);

        await mine.DisposeAsync();

        Assert.False(mine.MayTrade);
        Assert.Equal(200, (await friend.StartAsync()).Status);
    }

    [Fact]
    public async Task A_refused_login_says_why_and_nothing_runs()
    {
        var holder = await friend.StartAsync();

        await using var mine = Client();

        Assert.False(await mine.LogInAsync());
        Assert.False(mine.MayTrade);
        Assert.Equal(200, holder.Status);
        Assert.Contains("another device", mine.Lost, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_forced_logout_stops_it_at_once_and_says_why()
    {
        await using var mine = await HoldAsync();

        // Its next heartbeat is 18 s away at least: what tells it is the stream.
        await portal.Service.LogOutAsync(PortalServer.Admin, [Session()], "shared key");
        await Until.TrueAsync(() => mine.Lost is not null, "it is told");

        Assert.False(mine.MayTrade);
        Assert.Contains("logged out by an administrator", mine.Lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_ends_leaves_the_session_to_the_other()
    {
        var launcher = await HoldAsync("launcher");
        await using var bot = await HoldAsync("bot", streams: 2);

        await launcher.DisposeAsync();

        await TradesAsync(bot);
        Assert.Equal(403, (await friend.StartAsync()).Status);
    }

    [Fact]
    public async Task A_launcher_that_hands_over_leaves_the_session_to_the_bot_that_comes()
    {
        await SetAsync(timeout: 60, interval: 20, grace: 0);
        await using var launcher = await HoldAsync("launcher");
        var session = Session();

        await launcher.HandOverAsync();
        Assert.False(launcher.MayTrade);
        Assert.Equal(403, (await friend.StartAsync()).Status);
        await using var bot = await HoldAsync("bot");

        Assert.Equal(session, Session());
    }

    [Fact]
    public async Task A_connection_that_breaks_costs_nothing()
    {
        await SetAsync(timeout: 60, interval: 20, grace: 60);
        await using var mine = await HoldAsync();

        cable.Cut();
        await Until.TrueAsync(() => Streams() == 0, "the server has seen it");
        await TradesAsync(mine);
        cable.Mend();
        await Until.TrueAsync(() => Streams() == 1, "it has a stream again");

        await TradesAsync(mine);
        Assert.Equal(403, (await friend.StartAsync()).Status);
    }

    [Fact]
    public async Task A_stream_that_is_forgotten_on_its_way_costs_nothing()
    {
        await using var mine = await HoldAsync();
        var session = Session();

        cable.Forget();
        await Until.TrueAsync(() => Streams() == 0, "the server has seen it");
        await Until.TrueAsync(() => Streams() == 1, "it has a stream again");

        await TradesAsync(mine);
        Assert.Equal(session, Session());
        Assert.Equal(403, (await friend.StartAsync()).Status);
    }

    [Fact]
    public async Task If_nothing_gets_through_after_that_it_stops_before_another_device_gets_in()
    {
        await SetAsync(timeout: 60, interval: 20, grace: 12);
        await using var mine = await HoldAsync();
        // How much to the tenth of a second is told by tests with a clock of their own; this machine may stand still while a sign is on its way.
        mine.Fence.Margin = 5;

        cable.Forget();
        cable.Pull();
        await Until.TrueAsync(
            async () =>
            {
                var letIn = (await friend.StartAsync()).Status == 200;
                Assert.False(letIn && mine.MayTrade, "Two devices held the license.");
                return letIn;
            },
            "the other device gets in");

        cable.Mend();
        await Until.TrueAsync(() => mine.Lost is not null, "it is told");
        Assert.Contains("another device", mine.Lost, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task It_stops_before_another_device_gets_in_and_learns_of_it_when_the_cable_is_back()
    {
        await SetAsync(timeout: 6, interval: 1);
        await using var mine = await HoldAsync();

        cable.Pull();
        await Until.TrueAsync(
            async () =>
            {
                var letIn = (await friend.StartAsync()).Status == 200;
                Assert.False(letIn && mine.MayTrade, "Two devices held the license.");
                return letIn;
            },
            "the other device gets in");
        Assert.False(mine.MayTrade);
        Assert.Null(mine.Lost); // it cannot know

        cable.Mend();
        await Until.TrueAsync(() => mine.Lost is not null, "it is told");
        Assert.False(mine.MayTrade);
        Assert.Contains("another device", mine.Lost, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task When_nobody_came_meanwhile_it_trades_again_after_a_time_out()
    {
        await SetAsync(timeout: 6, interval: 1);
        await using var mine = await HoldAsync();

        cable.Pull();
        await Until.TrueAsync(() => !portal.Registry.Live().Any(), "it has timed out");
        Assert.False(mine.MayTrade);
        cable.Mend();
        await Until.TrueAsync(() => mine.MayTrade, "it trades again");

        Assert.Null(mine.Lost);
        Assert.Equal("mine", portal.Registry.Live().Single().Device);
    }

    [Fact]
    public async Task Somebody_elses_page_is_no_refusal()
    {
        await SetAsync(timeout: 6, interval: 1, grace: 60);
        await using var mine = await HoldAsync();

        cable.LeadToSomebodyElse();
        await Until.TrueAsync(() => !mine.MayTrade, "it stops for want of an answer");
        Assert.Null(mine.Lost);
        cable.Mend();
        await Until.TrueAsync(() => mine.MayTrade, "it trades again");

        Assert.Null(mine.Lost);
    }

    private Guid Session() => portal.Registry.Live().Single().SessionId;

    private int Streams() => portal.Services.GetRequiredService<OpenStreams>().Count;

    // This machine may stand still for some seconds: not what these tests are about.
    private LicenseSession Client(string app = "bot") =>
        new(cable.Address.OriginalString, key, new LicenseOptions { App = app, Fingerprint = "mine", ProfileFolder = profile }) { Fence = { Pause = 60 } };

    // Now, or as soon as it has heard the server again.
    private static Task TradesAsync(LicenseSession client) => Until.TrueAsync(() => client.MayTrade, "it may trade");

    private async Task<LicenseSession> HoldAsync(string app = "bot", int streams = 1)
    {
        var client = Client(app);
        Assert.True(await client.LogInAsync(), client.Lost);
        await Until.TrueAsync(() => Streams() == streams, "its stream is open");
        // The server has it a moment before the client has heard so.
        await Until.TrueAsync(() => client.IsStreaming, "it has heard of it");
        return client;
    }

    private async Task SetAsync(int timeout, int interval, int grace = 5) => Assert.Empty(await portal.Service.ChangeSettingsAsync(
        PortalServer.Admin, new SessionSettingsChange(SessionTimeoutSeconds: timeout, HeartbeatIntervalSeconds: interval, DisconnectGraceSeconds: grace)));
}
