using System.Text;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary><c>/api/admin/settings</c> and the old system's <c>force-clear-session</c>.</summary>
public sealed class AdminSettingsTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Settings_are_told_with_their_defaults()
    {
        await using var portal = await PortalServer.StartAsync();
        using var script = await portal.CreateScriptAsync(PortalRole.Viewer);
        using var response = await script.GetAsync(new Uri("/api/admin/settings", UriKind.Relative));

        Assert.Equal(
            """{"session_timeout_seconds":90,"heartbeat_interval_seconds":30,"disconnect_grace_seconds":5,"history_retention_days":365,"symbol_sessions":"same_address","devices_per_seat":6,"copied_devices":"report","expiry_grace_minutes":0}""",
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("session_timeout_seconds", 60, 3600)]
    [InlineData("heartbeat_interval_seconds", 1, 600)]
    [InlineData("disconnect_grace_seconds", 0, 300)]
    [InlineData("history_retention_days", 1, 3650)]
    [InlineData("expiry_grace_minutes", 0, 1440)]
    public async Task A_setting_is_taken_within_its_bounds_and_refused_with_them_outside(string field, int least, int most)
    {
        // At least twice the interval, always: so that every timeout within its bounds is allowed.
        Assert.Equal(200, (await PutAsync("""{"heartbeat_interval_seconds": 1, "session_timeout_seconds": 3600}""")).Status);
        foreach (var value in new[] { least, most })
        {
            var done = await PutAsync($$"""{"{{field}}": {{value}}}""");
            Assert.Equal((200, value.ToString()), (done.Status, done.Get(field)));
        }

        Assert.Equal(200, (await PutAsync("""{"heartbeat_interval_seconds": 30, "session_timeout_seconds": 90}""")).Status);
        var before = (await PutAsync("{}")).Text;
        foreach (var value in new[] { least - 1, most + 1, int.MinValue, int.MaxValue })
        {
            var refused = await PutAsync($$"""{"{{field}}": {{value}}}""");
            Assert.Equal((400, "invalid"), (refused.Status, refused.Get("code")));
            var error = refused.Json["errors"]![field]![0]!.GetValue<string>();
            Assert.Contains(least.ToString(), error, StringComparison.Ordinal);
            Assert.Contains(most.ToString(), error, StringComparison.Ordinal);
        }

        Assert.Equal(before, (await PutAsync("{}")).Text);
    }

    [Theory]
    [InlineData("session_timeout_seconds", "null", "\"90\"", "90.5", "true", "[]", "{}", "1e99", "9999999999")]
    [InlineData("symbol_sessions", "null", "0", "\"on\"", "\"SameAddress\"", "\"\"", "[]", "{}", "\"\\ud800\"")]
    [InlineData("expiry_grace_minutes", "null", "\"\"", "-0.5")]
    public async Task A_setting_of_the_wrong_type_is_refused_by_name(string field, params string[] values)
    {
        foreach (var value in values)
        {
            var refused = await PutAsync($$"""{"{{field}}": {{value}}}""");
            Assert.Equal((400, "invalid", true), (refused.Status, refused.Get("code"), refused.Json["errors"]!.AsObject().ContainsKey(field)));
        }
    }

    [Theory]
    [InlineData("session_timeout")]
    [InlineData("SESSION_TIMEOUT_SECONDS")]
    [InlineData("")]
    [InlineData("\\ud800")]
    [InlineData("changed_by")]
    public async Task An_unknown_setting_is_refused_and_the_known_one_beside_it_is_not_changed(string name)
    {
        var before = (await PutAsync("{}")).Text;

        var refused = await PutAsync($$"""{"history_retention_days": 77, "{{name}}": 1}""");

        Assert.Equal((400, "invalid"), (refused.Status, refused.Get("code")));
        Assert.Equal(before, (await PutAsync("{}")).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"session_timeout_seconds\": 90")]
    public async Task What_is_no_object_is_no_change_of_settings(string body) => Assert.Equal((400, "bad_request"), Code(await PutAsync(body)));

    [Fact]
    public async Task The_timeout_is_at_least_twice_the_interval()
    {
        var refused = await PutAsync("""{"session_timeout_seconds": 60, "heartbeat_interval_seconds": 31}""");

        Assert.Equal((400, "invalid"), Code(refused));
        Assert.Contains("62", refused.Json["errors"]!["session_timeout_seconds"]![0]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_told_to_the_next_client_and_audited_once()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var before = (await shared.AuditAsync("sessions")).Count;

        Assert.Equal(200, (await PutAsync("""{"heartbeat_interval_seconds": 20, "session_timeout_seconds": 75}""")).Status);
        Assert.Equal(200, (await PutAsync("""{"heartbeat_interval_seconds": 20}""")).Status);
        var beat = await a.BeatAsync();

        Assert.Equal(("20", "75"), (beat.Get("heartbeat_interval_seconds"), beat.Get("session_timeout_seconds")));
        var audited = (await shared.AuditAsync("sessions")).Skip(before).ToList();
        Assert.Equal("settings.change", Assert.Single(audited).Action);
        Assert.Equal(200, (await PutAsync("""{"heartbeat_interval_seconds": 30, "session_timeout_seconds": 90}""")).Status);
    }

    [Fact]
    public async Task With_short_timeouts_allowed_five_seconds_are_the_least()
    {
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:AllowShortTimeouts"] = "true" });
        Assert.Equal(200, (await PutAsync("""{"session_timeout_seconds": 5, "heartbeat_interval_seconds": 2}""", portal)).Status);
        Assert.Equal((400, "invalid"), Code(await PutAsync("""{"session_timeout_seconds": 4}""", portal)));
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var b = a with { Fingerprint = Machine.Create().Fingerprint };
        await a.StartAsync();
        await portal.PassAsync(4);
        Assert.Equal(403, (await b.StartAsync()).Status);
        await portal.PassAsync(1);

        Assert.Equal(200, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task Force_clear_session_ends_the_sessions_in_its_old_shape_and_marks_like_a_forced_logout()
    {
        var (license, a, b) = await shared.CreateDevicesAsync(seats: 2);
        await a.StartAsync();
        await b.StartAsync();
        var token = await TokenAsync(PortalRole.Support);

        var cleared = await Portal.PostAsync("/api/admin/force-clear-session", new { license_key = license.Key.ToLowerInvariant(), admin_key = token });
        var again = await Portal.PostAsync("/api/admin/force-clear-session", new { license_key = license.Key, admin_key = token });

        Assert.Equal(["message", "sessions_cleared", "status"], cleared.Json.Select(m => m.Key).Order());
        Assert.Equal((200, "success", "2"), (cleared.Status, cleared.Get("status"), cleared.Get("sessions_cleared")));
        Assert.Equal((200, "success", "0"), (again.Status, again.Get("status"), again.Get("sessions_cleared")));
        Assert.Equal("forced_logout", (await a.BeatAsync()).Get("code"));
        Assert.Equal(200, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task Force_clear_session_needs_a_token_that_may()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        foreach (var (adminKey, status) in new (object?, int)[] { (await TokenAsync(PortalRole.Viewer), 403), ("wrong", 401), ("", 401), (null, 400), (1, 400), ("\0", 401) })
        {
            var refused = await Portal.PostAsync("/api/admin/force-clear-session", new { license_key = license.Key, admin_key = adminKey });
            Assert.Equal((status, "error"), (refused.Status, refused.Get("status")));
        }

        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task Force_clear_session_of_an_unknown_key_says_so()
    {
        var refused = await Portal.PostAsync("/api/admin/force-clear-session", new { license_key = "NO-SUCH-KEY", admin_key = await TokenAsync(PortalRole.Support) });

        Assert.Equal((404, "unknown_key"), Code(refused));
    }

    private static (int Status, string? Code) Code(Answered answer) => (answer.Status, answer.Get("code"));

    private async Task<string> TokenAsync(PortalRole role)
    {
        using var script = await Portal.CreateScriptAsync(role);
        return script.DefaultRequestHeaders.Authorization!.Parameter!;
    }

    private async Task<Answered> PutAsync(string body, PortalServer? portal = null)
    {
        using var script = await (portal ?? Portal).CreateScriptAsync(PortalRole.Administrator);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await script.PutAsync(new Uri("/api/admin/settings", UriKind.Relative), content);
        return await Answered.ReadAsync(response);
    }
}
