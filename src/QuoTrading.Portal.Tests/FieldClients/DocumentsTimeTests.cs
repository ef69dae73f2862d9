using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>Conversations with the launcher and the bots of both documents' time.</summary>
public sealed class DocumentsTimeTests(BehindProxy shared) : IClassFixture<BehindProxy>
{
    private readonly Machine machine = Machine.Create();
    private readonly Machine other = Machine.Create("grace");

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task A_launcher_logs_in_and_knows_how_long_the_license_is_good()
    {
        var launcher = Launcher(await Portal.CreateLicenseAsync(plan: "Premium", term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddHours(60))), machine);

        Assert.True(await launcher.LogInAsync());
        Assert.Equal(("", "PREMIUM", 2.0), (launcher.Shows, launcher.LicenseType, launcher.DaysLeft));
        Assert.InRange(launcher.TimeLeft!.Value, TimeSpan.FromHours(60), TimeSpan.FromHours(60) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_launcher_with_a_lifetime_license_logs_in()
    {
        var launcher = Launcher(await Portal.CreateLicenseAsync(term: new LicenseTerm.Lifetime()), machine);

        Assert.True(await launcher.LogInAsync());
        Assert.Equal((null, null), (launcher.TimeLeft, launcher.DaysLeft));
    }

    [Fact]
    public async Task A_launcher_shows_why_it_is_not_let_in()
    {
        var license = await Portal.CreateLicenseAsync();
        var launcher = Launcher(license, machine);
        Assert.False(await new Launcher(Portal, "WRONG", machine.Fingerprint).LogInAsync());
        await Launcher(license, other).LogInAsync();

        Assert.False(await launcher.LogInAsync());
        Assert.Equal("LICENSE ALREADY IN USE", launcher.Shows);

        foreach (var (change, shown) in new (LicenseChange, string)[]
        {
            (new LicenseChange.Suspend(), "License is suspended"), (new LicenseChange.Cancel(), "License is cancelled"),
        })
        {
            await Portal.ChangeLicenseAsync(license.Id, change);
            Assert.False(await launcher.LogInAsync());
            Assert.Equal(shown, launcher.Shows);
        }
    }

    [Theory]
    [InlineData(BotGeneration.FirstDocument)]
    [InlineData(BotGeneration.SecondDocument)]
    public async Task A_launcher_hands_over_to_its_bot_and_may_be_closed(object generation)
    {
        var license = await Portal.CreateLicenseAsync();
        await Launcher(license, machine).LogInAsync();
        var bot = Bot(license, machine, (BotGeneration)generation);

        await bot.StartAsync();
        await TradeAsync(bot, 180);

        Assert.Equal(BotState.Trading, bot.State);
        Assert.Single(await shared.HistoryAsync(license.Id));
    }

    [Fact]
    public async Task A_launcher_may_log_in_again_beside_its_running_bot()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();

        Assert.True(await Launcher(license, machine).LogInAsync());
        await bot.BeatAsync();
        Assert.Equal(BotState.Trading, bot.State);
    }

    [Fact]
    public async Task A_bot_that_crashed_starts_again_at_once()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();
        bot.Crash();

        await bot.StartAsync();

        Assert.Equal(BotState.Trading, bot.State);
    }

    [Fact]
    public async Task A_bot_that_starts_while_another_device_trades_exits_with_the_reason()
    {
        var license = await Portal.CreateLicenseAsync();
        await Bot(license, machine).StartAsync();
        var late = Bot(license, other);

        await late.StartAsync();

        Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (late.State, late.Says));
    }

    [Theory]
    [InlineData("unknown", "Invalid license key")]
    [InlineData("expired", "License expired")]
    public async Task A_bot_whose_license_is_bad_exits_with_the_servers_message(string what, string says)
    {
        var license = await Portal.CreateLicenseAsync();
        if (what == "expired") await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetExpiry(Portal.Time.Now.UtcDateTime));
        var bot = Bot(what == "expired" ? license : license with { Key = "WRONG" }, machine);

        await bot.StartAsync();

        Assert.Equal((BotState.Exited, says), (bot.State, bot.Says));
    }

    [Fact]
    public async Task The_second_documents_bot_idles_on_a_conflict_and_trades_again_when_the_license_is_free()
    {
        var license = await Portal.CreateLicenseAsync();
        var (bot, thief) = (Bot(license, machine), Bot(license, other));
        await bot.StartAsync();
        await Portal.PassAsync(95);
        await thief.StartAsync();

        await bot.BeatAsync();
        Assert.Equal((BotState.Idle, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
        await thief.BeatAsync();
        Assert.Equal(BotState.Trading, thief.State);

        await thief.ExitAsync();
        await bot.BeatAsync();
        Assert.Equal(BotState.Trading, bot.State);
    }

    [Fact]
    public async Task The_first_documents_bot_exits_on_a_conflict_and_its_release_does_not_touch_the_new_holder()
    {
        var license = await Portal.CreateLicenseAsync();
        var (bot, thief) = (Bot(license, machine, BotGeneration.FirstDocument), Bot(license, other, BotGeneration.FirstDocument));
        await bot.StartAsync();
        await Portal.PassAsync(95);
        await thief.StartAsync();

        await bot.BeatAsync();
        Assert.Equal((BotState.Exited, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
        await bot.SendLateReleaseAsync();

        await TradeAsync(thief, 60);
        Assert.Equal(BotState.Trading, thief.State);
    }

    [Fact]
    public async Task A_bot_that_exits_releases_four_times_and_the_license_is_free_at_once()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();
        await Portal.PassAsync(1);
        await bot.ExitAsync(releases: 4);

        Assert.True(await Launcher(license, other).LogInAsync());
        Assert.Equal([EndReason.Released, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
    }

    [Fact]
    public async Task The_release_that_came_late_to_a_restarted_bot_costs_it_one_session_but_no_trade()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();
        await bot.SendLateReleaseAsync();

        await bot.BeatAsync();

        Assert.Equal(BotState.Trading, bot.State);
    }

    [Fact]
    public async Task The_first_generations_retry_clears_only_what_is_stale()
    {
        var license = await Portal.CreateLicenseAsync();
        await Bot(license, other).StartAsync();
        var launcher = Launcher(license, machine);
        Assert.False(await launcher.ClearAndLogInAsync());

        await Portal.PassAsync(90);

        Assert.True(await launcher.ClearAndLogInAsync());
    }

    [Fact]
    public async Task The_first_launchers_process_id_makes_it_another_device_until_it_is_stale()
    {
        var license = await Portal.CreateLicenseAsync();
        await new Launcher(Portal, license.Key, machine.FingerprintOfProcess(4711)).LogInAsync();
        var bot = Bot(license, machine, BotGeneration.FirstDocument);
        await bot.StartAsync();
        Assert.Equal("LICENSE ALREADY IN USE", bot.Says);

        await Portal.PassAsync(90);
        await bot.StartAsync();

        Assert.Equal(BotState.Trading, bot.State);
    }

    [Fact]
    public async Task The_older_license_check_is_a_login_of_the_same_session_and_breaks_nothing()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();
        await TradeAsync(bot, 60);

        await bot.CheckLicenseAsync();

        Assert.Equal((BotState.Trading, false), (bot.State, bot.NearExpiry));
        Assert.Single(await shared.HistoryAsync(license.Id));
    }

    [Fact]
    public async Task A_launcher_logs_in_after_an_administrator_logged_its_bot_out()
    {
        var license = await Portal.CreateLicenseAsync();
        var bot = Bot(license, machine);
        await bot.StartAsync();
        var session = Assert.Single(await shared.HistoryAsync(license.Id)).SessionId;
        await Portal.Service.LogOutAsync(PortalServer.Admin, [session], "shared key");

        await bot.BeatAsync();
        Assert.Equal((BotState.Idle, "LICENSE ALREADY IN USE"), (bot.State, bot.Says));
        await bot.BeatAsync();
        Assert.Equal(BotState.Idle, bot.State);

        Assert.True(await Launcher(license, machine).LogInAsync());
        await bot.BeatAsync();
        Assert.Equal(BotState.Trading, bot.State);
    }

    private Launcher Launcher(IssuedLicense license, Machine on) => new(Portal, license.Key, on.Fingerprint) { Address = AddressOf(on) };

    private Bot Bot(IssuedLicense license, Machine on, BotGeneration generation = BotGeneration.SecondDocument) =>
        new(Portal, license.Key, on.Fingerprint, generation) { Address = AddressOf(on) };

    private string AddressOf(Machine on) => on == machine ? "203.0.113.1" : "198.51.100.2";

    private async Task TradeAsync(Bot bot, double seconds)
    {
        for (var passed = 0; passed < seconds; passed += 30)
        {
            await Portal.PassAsync(30);
            await bot.BeatAsync();
        }
    }
}
