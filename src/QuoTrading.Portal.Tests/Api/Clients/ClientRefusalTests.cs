using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, Refusals: each case at each endpoint. "check" is validate-license with <c>check_only</c>.</summary>
public sealed class ClientRefusalTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private static readonly string[] Members =
        ["status", "message", "code", "license_valid", "session_conflict", "force_logout", "active_device", "estimated_wait_seconds", "license_expiration", "kept_out_until"];

    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("/api/main", 403)]
    [InlineData("/api/validate-license", 401)]
    [InlineData("check", 401)]
    [InlineData("/api/heartbeat", 403)]
    [InlineData("/api/session/release", 403)]
    [InlineData("/api/session/clear", 403)]
    public async Task An_unknown_key_is_refused(string endpoint, int status)
    {
        var refused = await AskAsync(new ClientDevice(Portal, "NO-SUCH-KEY", "aaaaaaaaaaaaaaaa"), endpoint);

        Assert.Equal((status, "unknown_key", "Invalid license key", "false"), (refused.Status, refused.Get("code"), refused.Get("message"), refused.Get("license_valid")));
        AssertOnly(refused, "license_valid");
    }

    [Theory]
    [InlineData("/api/main", 403)]
    [InlineData("/api/validate-license", 401)]
    [InlineData("check", 401)]
    [InlineData("/api/heartbeat", 403)]
    [InlineData("/api/session/release", 200)]
    [InlineData("/api/session/clear", 200)]
    public async Task A_license_that_is_not_good_is_refused_but_sessions_can_be_left(string endpoint, int status)
    {
        foreach (var (change, code, message) in new (LicenseChange, string, string)[]
        {
            (new LicenseChange.Suspend(), "license_suspended", "License is suspended"),
            (new LicenseChange.Cancel(), "license_cancelled", "License is cancelled"),
            (new LicenseChange.SetExpiry(Portal.Time.Now.UtcDateTime), "license_expired", "License expired"),
        })
        {
            var (license, a, _) = await shared.CreateDevicesAsync();
            await Portal.ChangeLicenseAsync(license.Id, change);

            var answer = await AskAsync(a, endpoint);

            Assert.Equal(status, answer.Status);
            if (status == 200) continue;
            Assert.Equal((code, message, "false"), (answer.Get("code"), answer.Get("message"), answer.Get("license_valid")));
            AssertOnly(answer, endpoint == "/api/main" ? ["license_valid", "license_expiration"] : ["license_valid"]);
        }
    }

    [Fact]
    public async Task Main_tells_an_expired_license_when_it_expired()
    {
        var expired = Portal.Time.Now.UtcDateTime.AddDays(-3);
        var (license, a, _) = await shared.CreateDevicesAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetExpiry(expired));

        Assert.Equal(expired.ToString("yyyy-MM-dd'T'HH:mm:ss"), (await a.LogInAsync()).Get("license_expiration"));
    }

    [Theory]
    [InlineData("/api/main", "License already in use on another device. Please stop the bot on the other computer first.")]
    [InlineData("/api/validate-license", "License already in use on another device. Please stop the bot on the other computer first.")]
    [InlineData("check", "License already in use on another device. Please stop the bot on the other computer first.")]
    [InlineData("/api/heartbeat", "License already in use on another device")]
    public async Task A_conflict_names_the_holder_and_the_wait(string endpoint, string message)
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(30);

        var refused = await AskAsync(b, endpoint);

        Assert.Equal((403, "session_conflict", message), (refused.Status, refused.Get("code"), refused.Get("message")));
        Assert.Equal(("true", a.Fingerprint[..8] + "..."), (refused.Get("session_conflict"), refused.Get("active_device")));
        Assert.Equal((60, 60), (refused.Json["estimated_wait_seconds"]!.GetValue<int>(), refused.RetryAfter));
        AssertOnly(refused, "session_conflict", "active_device", "estimated_wait_seconds");
    }

    [Fact]
    public async Task The_wait_is_true_and_one_second_less_is_not()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(17);
        var wait = (await b.StartAsync()).Json["estimated_wait_seconds"]!.GetValue<int>();

        await Portal.PassAsync(wait - 1);
        Assert.Equal(403, (await b.StartAsync()).Status);
        await Portal.PassAsync(1);

        Assert.Equal(200, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task With_several_seats_the_conflict_names_the_holder_that_turns_stale_first()
    {
        var (license, a, b) = await shared.CreateDevicesAsync(seats: 2);
        await a.StartAsync();
        await Portal.PassAsync(20);
        await b.StartAsync();
        await Portal.PassAsync(20);
        var third = shared.Device(license.Key);
        Assert.Equal((a.Fingerprint[..8] + "...", "50"), Holder(await third.StartAsync()));

        await a.BeatAsync();

        Assert.Equal((b.Fingerprint[..8] + "...", "70"), Holder(await third.StartAsync()));

        static (string?, string?) Holder(Answered refused) => (refused.Get("active_device"), refused.Get("estimated_wait_seconds"));
    }

    [Fact]
    public async Task A_short_fingerprint_is_named_whole_and_half_a_character_never()
    {
        var license = await Portal.CreateLicenseAsync();
        var a = new ClientDevice(Portal, license.Key, "abc");
        var b = shared.Device(license.Key);
        await a.StartAsync();
        Assert.Equal("abc...", (await b.StartAsync()).Get("active_device"));
        await a.ReleaseAsync();

        await new ClientDevice(Portal, license.Key, "1234567\U0001F600rest").StartAsync();

        Assert.DoesNotContain("\uFFFD", (await b.StartAsync()).Get("active_device"));
    }

    [Fact]
    public async Task A_forced_logout_is_told_to_the_next_heartbeat_and_to_every_one_after()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await LogOutAsync((await a.StartAsync()).Get("session_id")!, null);

        for (var beat = 0; beat < 2; beat++)
        {
            var refused = await a.BeatAsync();
            Assert.Equal((403, "forced_logout", "true", "true"), (refused.Status, refused.Get("code"), refused.Get("session_conflict"), refused.Get("force_logout")));
            Assert.Equal("You have been logged out by an administrator. Log in again to continue.", refused.Get("message"));
            AssertOnly(refused, "session_conflict", "force_logout");
            await Portal.PassAsync(91);
        }
    }

    [Theory]
    [InlineData("/api/main")]
    [InlineData("/api/validate-license")]
    public async Task A_login_after_a_forced_logout_is_served_and_heartbeats_again(string login)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var before = (await a.StartAsync()).Get("session_id")!;
        await LogOutAsync(before, null);
        Assert.Equal(200, (await a.CheckAsync()).Status);
        Assert.Equal(403, (await a.BeatAsync()).Status);

        var again = await a.AskAsync(login);

        Assert.Equal(200, again.Status);
        Assert.NotEqual(before, again.Get("session_id"));
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task A_forced_logout_keeps_nobody_else_from_the_license()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await LogOutAsync((await a.StartAsync()).Get("session_id")!, null);

        Assert.Equal(200, (await b.StartAsync()).Status);
        Assert.Equal("forced_logout", (await a.BeatAsync()).Get("code"));
    }

    [Theory]
    [InlineData("/api/main")]
    [InlineData("/api/validate-license")]
    [InlineData("check")]
    [InlineData("/api/heartbeat")]
    public async Task Who_is_kept_out_is_told_until_when(string endpoint)
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        var until = Portal.Time.Now.UtcDateTime.AddMinutes(5).ToString("yyyy-MM-dd'T'HH:mm:ss");
        await LogOutAsync((await a.StartAsync()).Get("session_id")!, 5);
        await Portal.PassAsync(60);

        var refused = await AskAsync(a, endpoint);

        Assert.Equal((403, "kept_out", "true", "true"), (refused.Status, refused.Get("code"), refused.Get("session_conflict"), refused.Get("force_logout")));
        Assert.Equal((until, 240), (refused.Get("kept_out_until"), refused.RetryAfter));
        Assert.StartsWith("You have been logged out by an administrator.", refused.Get("message"), StringComparison.Ordinal);
        Assert.Contains(until, refused.Get("message"), StringComparison.Ordinal);
        AssertOnly(refused, "session_conflict", "force_logout", "kept_out_until");
        Assert.Equal(200, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task Who_was_kept_out_may_log_in_when_the_time_is_over_but_not_by_a_heartbeat()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await LogOutAsync((await a.StartAsync()).Get("session_id")!, 1);
        await Portal.PassAsync(59);
        Assert.Equal("kept_out", (await a.StartAsync()).Get("code"));
        await Portal.PassAsync(1);

        Assert.Equal("forced_logout", (await a.BeatAsync()).Get("code"));
        Assert.Equal(200, (await a.StartAsync()).Status);
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task A_bad_license_is_told_before_a_forced_logout_or_a_conflict()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await LogOutAsync((await a.StartAsync()).Get("session_id")!, 5);
        await b.StartAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());

        Assert.Equal("license_suspended", (await a.BeatAsync()).Get("code"));
        Assert.Equal("license_suspended", (await a.StartAsync()).Get("code"));
    }

    [Fact]
    public async Task No_refusal_gives_the_key_back()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        foreach (var endpoint in new[] { "/api/main", "/api/validate-license", "/api/heartbeat" })
            Assert.DoesNotContain(a.Key, (await AskAsync(b, endpoint)).Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("SECRET", (await AskAsync(b with { Key = "SECRET-KEY" }, "/api/main")).Text, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<Answered> AskAsync(ClientDevice device, string endpoint) => endpoint == "check" ? device.CheckAsync() : device.AskAsync(endpoint);

    // A member that a bot would act on must not be there where the table does not say so.
    private static void AssertOnly(Answered refused, params string[] more)
    {
        Assert.Equal("error", refused.Get("status"));
        Assert.NotEmpty(refused.Get("message")!);
        Assert.Equal(Members.Where(m => m is "status" or "message" or "code" || more.Contains(m)).Order(), refused.Json.Select(m => m.Key).Order());
    }

    private async Task LogOutAsync(string sessionId, int? keepOutMinutes)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Support);
        using var body = System.Net.Http.Json.JsonContent.Create(new { reason = "shared key", keep_out_minutes = keepOutMinutes });
        using var ended = await script.PostAsync(new Uri($"/api/admin/sessions/{sessionId}/logout", UriKind.Relative), body);
        Assert.Equal(200, (int)ended.StatusCode);
    }
}
