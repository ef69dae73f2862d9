using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Seeds;

/// <summary>The second document, "Session Locking Test Scenarios", by number and name; then its section on the endpoints' behaviour.</summary>
public sealed class SessionLockingScenarioTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Scenario_1_normal_single_device_login()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();

        Assert.Equal((200, "false"), Conflict(await a.LogInAsync(), "false"));
        Assert.Equal((200, "false"), Conflict(await a.StartAsync()));
        Assert.Equal((200, "false"), Conflict(await a.BeatForAsync(90)));
    }

    [Fact]
    public async Task Scenario_2_same_device_restart_immediate()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(20);

        Assert.Equal((200, "false"), Conflict(await a.StartAsync()));
        Assert.Equal((200, "false"), Conflict(await a.BeatForAsync(60)));
    }

    [Fact]
    public async Task Scenario_3_same_device_restart_after_timeout()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(95);

        Assert.Equal((200, "false"), Conflict(await a.StartAsync()));
        Assert.Equal([EndReason.TimedOut, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
    }

    [Fact]
    public async Task Scenario_4_two_devices_active_conflict_at_login()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        foreach (var blocked in new[] { await b.LogInAsync(), await b.CheckAsync(), await b.StartAsync() })
        {
            Assert.Equal((403, "true"), Conflict(blocked));
            Assert.Equal("License already in use on another device. Please stop the bot on the other computer first.", blocked.Get("message"));
        }

        Assert.Equal((200, "false"), Conflict(await a.BeatForAsync(90)));
    }

    [Fact]
    public async Task Scenario_5_two_devices_sequential_login_proper_handoff()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        Assert.Equal("success", (await a.ReleaseAsync()).Get("status"));
        await Portal.PassAsync(5);

        Assert.Equal((200, "false"), Conflict(await b.StartAsync()));
        Assert.Equal((200, "false"), Conflict(await b.BeatForAsync(60)));
    }

    [Fact]
    public async Task Scenario_6_two_devices_sequential_login_device_A_crashes()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        Assert.Equal((403, "true"), Conflict(await b.StartAsync()));

        await Portal.PassAsync(95);

        Assert.Equal((200, "false"), Conflict(await b.StartAsync()));
        Assert.Equal((200, "false"), Conflict(await b.BeatAsync()));
    }

    [Fact]
    public async Task Scenario_7_runtime_conflict_detection()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(95);
        Assert.Equal((200, "false"), Conflict(await b.StartAsync()));

        var late = await a.BeatAsync();

        Assert.Equal((403, "true"), Conflict(late));
        Assert.Equal("License already in use on another device", late.Get("message"));
        Assert.Null(late.Get("license_valid"));
        Assert.Equal((200, "false"), Conflict(await b.BeatForAsync(60)));
    }

    [Fact]
    public async Task Scenario_8_heartbeat_continuity_no_false_positives()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        for (var beat = 0; beat < 20; beat++)
        {
            await Portal.PassAsync(30);
            Assert.Equal((200, "false"), Conflict(await a.BeatAsync()));
        }

        Assert.Null(Assert.Single(await shared.HistoryAsync(license.Id)).EndedAt);
    }

    [Theory]
    [InlineData("/api/main")]
    [InlineData("/api/validate-license")]
    [InlineData("/api/heartbeat")]
    public async Task Endpoints_conflict_below_90_s_and_clear_the_stale_session_at_90_s(string path)
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(89.9);
        Assert.Equal((403, "true"), Conflict(await b.AskAsync(path)));

        await Portal.PassAsync(0.1);

        Assert.Equal(200, (await b.AskAsync(path)).Status);
        Assert.Equal(b.Fingerprint, Assert.Single(Portal.Registry.Live(), s => s.LicenseId == license.Id).Device);
    }

    [Fact]
    public async Task Endpoint_session_clear_leaves_what_is_younger_than_90_s()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(80);

        Assert.Equal(("success", "0"), ((await b.ClearAsync()).Get("status"), (await b.ClearAsync()).Get("sessions_cleared")));
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task Endpoint_session_release_frees_the_license_at_once()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        await a.ReleaseAsync();

        Assert.Equal((200, "false"), Conflict(await b.StartAsync()));
    }

    // main's success has no session_conflict.
    private static (int Status, string? Conflict) Conflict(Answered answer, string? absent = null) => (answer.Status, answer.Get("session_conflict") ?? absent);
}
