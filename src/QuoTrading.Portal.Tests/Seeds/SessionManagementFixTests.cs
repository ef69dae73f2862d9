using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Seeds;

/// <summary>The first document, "Session Management Fix": its seven scenarios and its success criteria, by their numbers and names.</summary>
public sealed class SessionManagementFixTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Scenario_1_fresh_login_no_previous_session()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();

        Assert.Equal((200, "true"), await LoginOf(a));
        Assert.Equal(a.Fingerprint, Assert.Single(await shared.HistoryAsync(license.Id)).Device);
    }

    [Fact]
    public async Task Scenario_2_bot_crashed_5_min_ago_auto_clear_on_login()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(300);

        Assert.Equal((200, "true"), await LoginOf(b));
        Assert.Equal([EndReason.TimedOut, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
    }

    [Fact]
    public async Task Scenario_3_different_device_while_bot_running_blocked()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await a.BeatForAsync(60);
        await Portal.PassAsync(10);

        var blocked = await b.LogInAsync();

        Assert.Equal((403, "true"), (blocked.Status, blocked.Get("session_conflict")));
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task Scenario_4_second_launcher_same_machine_allowed()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var first = await a.LogInAsync();

        var second = await a.LogInAsync();

        Assert.Equal((200, first.Get("session_id")), (second.Status, second.Get("session_id")));
    }

    [Fact]
    public async Task Scenario_5_clean_shutdown_10s_ago_instant_relaunch()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await a.ReleaseAsync();
        await Portal.PassAsync(10);

        Assert.Equal((200, "true"), await LoginOf(a));
        Assert.Equal(2, (await shared.HistoryAsync(license.Id)).Count);
    }

    [Fact]
    public async Task Scenario_6_force_kill_immediate_relaunch_same_device_allowed()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var before = await a.StartAsync();

        var after = await a.StartAsync();

        Assert.Equal((200, before.Get("session_id")), (after.Status, after.Get("session_id")));
        Assert.Single(await shared.HistoryAsync(license.Id));
    }

    [Fact]
    public async Task Scenario_7_crashed_device_A_try_device_B_within_the_timeout_blocked_for_security()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(89);

        Assert.Equal((403, "true"), ((await b.StartAsync()).Status, (await b.StartAsync()).Get("session_conflict")));
    }

    [Fact]
    public async Task Criterion_auto_creates_a_session_on_login()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();

        Assert.NotNull((await a.LogInAsync()).Get("session_id"));
        Assert.Equal(403, (await b.LogInAsync()).Status);
    }

    [Fact]
    public async Task Criterion_launcher_and_bot_have_the_same_session()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var launcher = await a.LogInAsync();

        var bot = await a.StartAsync();
        var beat = await a.BeatAsync();

        Assert.NotNull(launcher.Get("session_id"));
        Assert.Equal((launcher.Get("session_id"), launcher.Get("session_id")), (bot.Get("session_id"), beat.Get("session_id")));
    }

    [Fact]
    public async Task Criterion_no_conflict_between_launcher_and_bot()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await a.LogInAsync();

        Assert.Equal("false", (await a.StartAsync()).Get("session_conflict"));
        Assert.Equal("false", (await a.BeatAsync()).Get("session_conflict"));
    }

    [Fact]
    public async Task Criterion_sessions_are_cleared_by_themselves_after_a_crash()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        await Portal.PassAsync(91);

        Assert.NotNull(Assert.Single(await shared.HistoryAsync(license.Id)).EndedAt);
        Assert.DoesNotContain(Portal.Registry.Live(), s => s.LicenseId == license.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    [InlineData(89)]
    [InlineData(90)]
    [InlineData(200)]
    public async Task Criterion_the_same_device_never_waits(int secondsAfterTheCrash)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(secondsAfterTheCrash);

        Assert.Equal((200, "true"), await LoginOf(a));
    }

    [Fact]
    public async Task Criterion_two_devices_are_not_logged_in_at_the_same_time()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();

        var answers = await Task.WhenAll(a.LogInAsync(), b.LogInAsync(), a.StartAsync(), b.StartAsync());

        Assert.Equal(2, answers.Count(x => x.Status == 200));
        Assert.Single(Portal.Registry.Live(), s => s.LicenseId == license.Id);
    }

    [Fact]
    public async Task Criterion_errors_come_when_the_user_hits_login_and_the_running_bot_notices_nothing()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        Assert.Equal(403, (await b.LogInAsync()).Status);
        Assert.Equal("true", (await a.BeatForAsync(120)).Get("license_valid"));
    }

    [Fact]
    public void Unit_test_launcher_and_bot_compute_identical_stable_fingerprints_of_16_hex_characters()
    {
        var machine = new Machine(2485377892354, "ada", "Linux");

        // What Python's hashlib.sha256(b"2485377892354:ada:Linux").hexdigest()[:16] gives.
        Assert.Equal("8d16679ca2f82471", machine.Fingerprint);
        Assert.NotEqual(machine.Fingerprint, machine.FingerprintOfProcess(1));
    }

    private static async Task<(int Status, string? Valid)> LoginOf(ClientDevice device)
    {
        var answer = await device.LogInAsync();
        return (answer.Status, answer.Get("license_valid"));
    }
}
