using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>Conversations with the launcher and the bots of December 2025: one process a symbol, and the symbol in the fingerprint.</summary>
public sealed class DecemberTests(BehindProxy shared) : IClassFixture<BehindProxy>
{
    private readonly Machine machine = Machine.Create();
    private readonly Machine other = Machine.Create("grace");

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task A_launcher_checks_and_its_two_bots_trade_beside_each_other()
    {
        var license = await Portal.CreateLicenseAsync();
        var launcher = Launcher(license, machine);
        Assert.True(await launcher.CheckAsync());
        Assert.NotNull(launcher.Expiry);
        var (mes, mnq) = (Bot(license, machine, "MES"), Bot(license, machine, "MNQ"));

        await mes.StartAsync();
        Assert.True(await launcher.CheckAsync());
        await mnq.StartAsync();
        await TradeAsync(120, mes, mnq);

        Assert.Equal((BotState.Trading, BotState.Trading), (mes.State, mnq.State));
        Assert.True(await launcher.CheckAsync());
    }

    [Fact]
    public async Task One_of_two_bots_exits_and_the_other_keeps_the_license()
    {
        var license = await Portal.CreateLicenseAsync();
        var (mes, mnq) = (Bot(license, machine, "MES"), Bot(license, machine, "MNQ"));
        await mes.StartAsync();
        await mnq.StartAsync();

        await mes.ExitAsync();
        await TradeAsync(120, mnq);

        Assert.Equal(BotState.Trading, mnq.State);
        Assert.False(await Launcher(license, other).CheckAsync());
        await mes.StartAsync();
        Assert.Equal(BotState.Trading, mes.State);
    }

    [Fact]
    public async Task A_friend_with_the_same_key_is_told_that_it_is_in_use_whatever_he_trades()
    {
        var license = await Portal.CreateLicenseAsync();
        await Bot(license, machine, "MES").StartAsync();
        var launcher = Launcher(license, other);
        Assert.False(await launcher.CheckAsync());
        Assert.Equal("LICENSE ALREADY IN USE", launcher.Shows);

        foreach (var symbol in new[] { "MES", "MNQ" })
        {
            var bot = Bot(license, other, symbol);
            await bot.StartAsync();
            Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
        }
    }

    [Theory]
    [InlineData("suspended", "License is suspended")]
    [InlineData("expired", "License expired")]
    [InlineData("unknown", "Invalid license key")]
    public async Task A_bot_and_a_launcher_whose_license_is_bad_say_why(string what, string says)
    {
        var license = await Portal.CreateLicenseAsync();
        if (what == "suspended") await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());
        if (what == "expired") await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetExpiry(Portal.Time.Now.UtcDateTime));
        if (what == "unknown") license = license with { Key = "WRONG" };
        var (bot, launcher) = (Bot(license, machine, "MES"), Launcher(license, machine));

        await bot.StartAsync();

        Assert.Equal((BotState.Exited, says), (bot.State, bot.Says));
        Assert.False(await launcher.CheckAsync());
        Assert.Equal(says, launcher.Shows);
    }

    [Fact]
    public async Task A_running_bot_says_expired_only_when_the_license_is()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine, "MES");
        await bot.StartAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetExpiry(Portal.Time.Now.UtcDateTime));

        await bot.BeatAsync();

        Assert.Equal((BotState.Exited, "YOUR LICENSE HAS EXPIRED"), (bot.State, bot.Says));
    }

    [Fact]
    public async Task A_late_heartbeat_after_another_device_took_over_exits_and_says_in_use()
    {
        var license = await Portal.CreateLicenseAsync();
        var (bot, thief) = (Bot(license, machine, "MES"), Bot(license, other, "MES"));
        await bot.StartAsync();
        await Portal.PassAsync(91);
        await thief.StartAsync();

        await bot.BeatAsync(position: 2);
        await bot.SendLateReleaseAsync();

        Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
        await TradeAsync(60, thief);
        Assert.Equal(BotState.Trading, thief.State);
    }

    [Fact]
    public async Task A_bot_that_an_administrator_logs_out_exits_without_saying_expired()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine, "MES");
        await bot.StartAsync();
        await Portal.Service.LogOutAsync(PortalServer.Admin, [Assert.Single(await shared.HistoryAsync(license.Id)).SessionId], "shared key", TimeSpan.FromMinutes(10));

        await bot.BeatAsync();
        Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));

        await bot.StartAsync();
        Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
    }

    [Fact]
    public async Task Bots_that_idle_for_an_hour_with_checks_every_300_s_keep_one_session_each_and_trade_on()
    {
        var license = await Portal.CreateLicenseAsync();
        Bot[] bots = [Bot(license, machine, "MES"), Bot(license, machine, "MNQ")];
        foreach (var bot in bots) await bot.StartAsync();

        for (var check = 0; check < 12; check++)
        {
            await Portal.PassAsync(300);
            foreach (var bot in bots) await bot.CheckLicenseAsync();
        }

        await TradeAsync(60, bots);
        Assert.All(bots, bot => Assert.Equal(BotState.Trading, bot.State));
        var history = await shared.HistoryAsync(license.Id);
        Assert.Equal([(12, null), (12, (EndReason?)null)], history.Select(r => (r.Interruptions, r.EndReason)));
        // A weekend must not fill the table: time-outs and resumes of one session are one row with a count.
        var events = await shared.EventsAsync(license.Id);
        Assert.Equal([12, 12], events.Where(e => e.Kind == EventKind.Ended).Select(e => e.Count));
        Assert.Equal([12, 12], events.Where(e => e.Kind == EventKind.Resumed).Select(e => e.Count));
    }

    [Theory]
    [InlineData(26 * 60, false)]
    [InlineData(23 * 60, true)]
    [InlineData(10, true)]
    [InlineData(0.25, true)]
    public async Task Near_expiry_a_bot_opens_no_new_trades_until_the_very_end(double minutesLeft, bool nearExpiry)
    {
        var license = await Portal.CreateLicenseAsync(term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddMinutes(minutesLeft)));
        var bot = Bot(license, machine, "MES");
        await bot.StartAsync();

        await bot.CheckLicenseAsync();

        Assert.Equal((BotState.Trading, nearExpiry), (bot.State, bot.NearExpiry));
    }

    [Fact]
    public async Task The_time_service_that_is_none_stops_nobody()
    {
        var bot = Bot(await Portal.CreateLicenseAsync(), machine, "MES");

        await bot.AskTimeAsync();

        Assert.True(bot.ClockAllowsTrading);
    }

    [Fact]
    public async Task A_customer_of_the_second_documents_time_moves_to_december_between_two_sessions()
    {
        var license = await Portal.CreateLicenseAsync();
        var old = new Bot(Portal, license.Key, machine.Fingerprint, BotGeneration.SecondDocument);
        await old.StartAsync();
        var mes = Bot(license, machine, "MES");
        await mes.StartAsync();
        Assert.Equal("LICENSE ALREADY IN USE", mes.Says);

        await old.ExitAsync();
        await mes.StartAsync();

        Assert.Equal(BotState.Trading, mes.State);
    }

    private DecemberLauncher Launcher(IssuedLicense license, Machine on) => new(Portal, license.Key, on.Fingerprint) { Address = AddressOf(on) };

    private Bot Bot(IssuedLicense license, Machine on, string symbol) =>
        new(Portal, license.Key, on.FingerprintFor(symbol), BotGeneration.December, symbol) { Address = AddressOf(on) };

    private string AddressOf(Machine on) => on == machine ? "203.0.113.1" : "198.51.100.2";

    private async Task TradeAsync(int seconds, params Bot[] bots)
    {
        for (var passed = 0; passed < seconds; passed += 20)
        {
            await Portal.PassAsync(20);
            foreach (var bot in bots) await bot.BeatAsync();
        }
    }
}
