using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>Suspended, stepped, restarted: nobody is logged out for it, and nobody gets in for it.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task A_server_suspended_for_two_timeouts_keeps_the_holder_and_lets_nobody_in()
    {
        var folder = Directory.CreateTempSubdirectory("portal-stop-").FullName;
        await using (var portal = await PortalProcess.StartAsync(folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal__AllowShortTimeouts"] = "true" }))
        {
            var key = (await PortalProcess.RunAsync(folder, "license", "create", "--email", "ada@example.com")).Output.Trim();
            var token = (await PortalProcess.RunAsync(folder, "token", "create", "--name", "t", "--role", nameof(PortalRole.Administrator))).Output.Trim();
            portal.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var settings = System.Net.Http.Json.JsonContent.Create(new { session_timeout_seconds = 5, heartbeat_interval_seconds = 1 });
            using var changed = await portal.Http.PutAsync(new Uri("/api/admin/settings", UriKind.Relative), settings);
            Assert.True(changed.IsSuccessStatusCode);

            var login = await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
            await portal.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(11));
            // The very first request after it is the other device's: it waits in the socket while the server stands.
            var other = portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "B" });
            await portal.SignalAsync("CONT");
            Assert.Equal(403, (await other).Status);
            var beat = await portal.PostAsync("/api/heartbeat", new { license_key = key, device_fingerprint = "A" });
            Assert.Equal((200, login.Get("session_id")), (beat.Status, beat.Get("session_id")));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_stepped_wall_clock_ends_nobody_and_lets_nobody_in(int hours)
    {
        await using var portal = await PortalServer.StartAsync();
        var key = await portal.CreateKeyAsync();
        await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
        portal.Time.Now = portal.Time.Now.AddHours(hours);
        await portal.PassAsync(5);
        Assert.Equal(403, (await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "B" })).Status);
        Assert.Equal(200, (await portal.PostAsync("/api/heartbeat", new { license_key = key, device_fingerprint = "A" })).Status);
    }

    [Fact]
    public async Task Downtime_does_not_count_but_a_server_that_crashes_again_and_again_keeps_nobody_for_ever()
    {
        var portal = await PortalServer.StartAsync();
        var key = await portal.CreateKeyAsync();
        var time = portal.Time;
        await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
        var stranger = new { license_key = key, device_fingerprint = "B" };

        var restarts = 0;
        while ((await portal.PostAsync("/api/validate-license", stranger)).Status == 403)
        {
            var folder = await portal.StopAsync();
            time.Advance(TimeSpan.FromHours(1));
            portal = await PortalServer.StartAsync(folder: folder, time: time);
            Assert.Equal(403, restarts == 0 ? (await portal.PostAsync("/api/validate-license", stranger)).Status : 403);
            await portal.PassAsync(10);
            restarts++;
            Assert.True(restarts < 20, "The session is kept for ever.");
        }

        // 90 s of service time, and once the interval of 30 s and 10 s more: ten seconds a run.
        Assert.InRange(restarts, 9, 13);
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task A_heartbeat_that_used_up_the_credit_of_a_gap_is_not_lost_to_a_kill()
    {
        var first = await PortalServer.StartAsync();
        var key = await first.CreateKeyAsync();
        await first.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
        await first.PassAsync(80);
        var second = await PortalServer.StartAsync(folder: await first.StopAsync(), time: first.Time);
        // 10 s before the credit would be over: no other rule asks for haste.
        await second.PassAsync(30);
        Assert.Equal(200, (await second.PostAsync("/api/heartbeat", new { license_key = key, device_fingerprint = "A" })).Status);

        var left = LeaveBehind(second);
        await using (var third = await PortalServer.StartAsync(folder: left, time: second.Time))
        {
            await third.PassAsync(12);
            Assert.Equal(403, (await third.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "B" })).Status);
        }

        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_heartbeat_just_before_the_timeout_is_not_lost_to_a_kill_together_with_its_session()
    {
        var first = await PortalServer.StartAsync();
        var (key, other) = (await first.CreateKeyAsync(), await first.CreateKeyAsync());
        first.Time.Advance(TimeSpan.FromSeconds(0.2));
        await first.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
        await first.PassAsync(89.8);
        first.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(200, (await first.PostAsync("/api/heartbeat", new { license_key = key, device_fingerprint = "A" })).Status);
        // Heartbeats are written twice a second. Before they are again, another customer's login is: by the time that
        // is stored with it A would be stale.
        first.Time.Advance(TimeSpan.FromSeconds(0.15));
        Assert.Equal(200, (await first.PostAsync("/api/validate-license", new { license_key = other, device_fingerprint = "C" })).Status);

        await using (var second = await PortalServer.StartAsync(folder: LeaveBehind(first), time: first.Time))
            Assert.Equal(403, (await second.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "B" })).Status);

        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_longer_timeout_revives_nothing_that_the_server_has_not_noticed_yet()
    {
        await using var portal = await PortalServer.StartAsync();
        var key = await portal.CreateKeyAsync();
        portal.Time.Advance(TimeSpan.FromSeconds(0.2));
        await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "A" });
        await portal.PassAsync(89.8);
        // Stale for a tenth of a second, and the server looks next in two tenths.
        portal.Time.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Empty(await portal.Service.ChangeSettingsAsync(PortalServer.Admin, new(SessionTimeoutSeconds: 120)));

        Assert.Equal(200, (await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "B" })).Status);
    }

    [Fact]
    public async Task A_second_server_on_the_same_database_is_refused_and_told_who_holds_it()
    {
        var folder = Directory.CreateTempSubdirectory("portal-second-").FullName;
        await using (var first = await PortalProcess.StartAsync(folder))
        {
            var second = await PortalProcess.RunAsync(folder);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains($"process {first.Id} on ", second.Error, StringComparison.Ordinal);
            Assert.Equal(200, (int)(await first.Http.GetAsync(new Uri("/api/hello", UriKind.Relative))).StatusCode);
        }

        Directory.Delete(folder, recursive: true);
    }

    // What a kill in this instant leaves behind.
    private static string LeaveBehind(PortalServer server)
    {
        var left = Directory.CreateTempSubdirectory("portal-left-").FullName;
        foreach (var file in new[] { "portal.db", "portal.db-wal" }.Select(name => Path.Combine(server.Folder, name))) File.Copy(file, Path.Combine(left, Path.GetFileName(file)));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(server.Folder, "keys"))) File.Copy(file, Path.Combine(Directory.CreateDirectory(Path.Combine(left, "keys")).FullName, Path.GetFileName(file)));
        return left;
    }
}
