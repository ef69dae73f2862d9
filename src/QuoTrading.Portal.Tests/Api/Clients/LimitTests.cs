using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>Too many requests, and a store that cannot be written: 429 and 503, both with a Retry-After.</summary>
public sealed class LimitTests
{
    private static readonly string[] Endpoints = ["/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear"];

    [Fact]
    public async Task Strangers_of_a_license_over_their_limit_are_told_to_wait_and_its_holder_and_another_license_are_served()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("LicenseBurst", "2"), ("LicensePerSecond", "1"), ("LicenseBurstPerSeat", "0"), ("LicensePerSecondAndSeat", "0")));
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var other = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        Assert.Equal(200, (await a.StartAsync()).Status);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (a with { Fingerprint = Machine.Create().Fingerprint }).AskAsync(Endpoints[i % Endpoints.Length])));

        var refused = answers.First(x => x.Status == 429);
        Assert.Equal(("error", "too_many_requests"), (refused.Get("status"), refused.Get("code")));
        Assert.True(refused.RetryAfter >= 1);
        Assert.False(refused.Json.ContainsKey("license_valid") || refused.Json.ContainsKey("session_conflict"));
        Assert.Equal(200, (await other.StartAsync()).Status);
        Assert.Equal(200, (await a.BeatAsync()).Status);
        Assert.Equal("success", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task A_holder_over_his_own_limit_is_told_to_wait_but_may_always_leave()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("DeviceBurst", "2"), ("DevicePerSecond", "1")));
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await a.StartAsync();
        Assert.Contains(await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => a.BeatAsync())), x => x.Status == 429);

        // What leaves the session as it is is no leaving.
        var handovers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => a.AskAsync("/api/session/release", ("handover", true))));
        Assert.Contains(handovers, x => x.Status == 429);
        Assert.Equal("success", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task A_rack_of_a_hundred_bots_starts_at_once_after_a_restart()
    {
        var before = await PortalServer.StartAsync();
        var key = await before.CreateKeyAsync(seats: 100);
        var folder = await before.StopAsync();
        await using var portal = await PortalServer.StartAsync(folder: folder, time: before.Time);
        var rack = Enumerable.Range(0, 100).Select(_ => new ClientDevice(portal, key, Machine.Create().Fingerprint)).ToList();

        foreach (var ask in new Func<ClientDevice, Task<Answered>>[] { bot => bot.CheckAsync(), bot => bot.StartAsync(), bot => bot.BeatAsync(), bot => bot.ReleaseAsync() })
            Assert.All(await Task.WhenAll(rack.Select(ask)), answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public async Task Sixty_short_sessions_on_five_seats_leave_none_of_them_taken()
    {
        await using var portal = await PortalServer.StartAsync();
        var key = await portal.CreateKeyAsync(seats: 5);
        foreach (var five in Enumerable.Range(0, 60).Select(_ => new ClientDevice(portal, key, Machine.Create().Fingerprint)).Chunk(5))
        {
            Assert.All(await Task.WhenAll(five.Select(bot => bot.StartAsync())), answer => Assert.Equal(200, answer.Status));
            Assert.All(await Task.WhenAll(five.Select(bot => bot.ReleaseAsync())), answer => Assert.Equal("success", answer.Get("status")));
        }

        Assert.Empty(portal.Registry.Live());
    }

    [Fact]
    public async Task A_stranger_that_asks_85_times_a_second_for_minutes_costs_the_holder_nothing_and_fills_no_table()
    {
        await using var portal = await PortalServer.StartAsync();
        var license = await portal.CreateLicenseAsync();
        var holder = new ClientDevice(portal, license.Key, Machine.Create().Fingerprint);
        await holder.StartAsync();
        for (var second = 0; second < 240; second += 20)
        {
            // As many at once as a stranger gets through in that time, and more.
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => (holder with { Fingerprint = Machine.Create().Fingerprint }).StartAsync()));
            Assert.Equal(200, (await holder.BeatAsync()).Status);
            await portal.PassAsync(20);
        }

        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<Portal.Storage.PortalDbContext>>().CreateDbContextAsync();
        Assert.InRange(await db.SessionEvents.CountAsync(e => e.LicenseId == license.Id && e.Kind == EventKind.Refused), 1, 102);
        Assert.Equal(1, await db.LicenseDevices.CountAsync(d => d.LicenseId == license.Id));
    }

    [Fact]
    public async Task Beyond_so_many_new_devices_a_day_a_stranger_is_told_to_come_back_and_who_was_there_before_is_served()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("NewDevicesPerSeatAndDay", "3")));
        var license = await portal.CreateLicenseAsync();
        var devices = Enumerable.Range(0, 4).Select(_ => new ClientDevice(portal, license.Key, Machine.Create().Fingerprint)).ToList();
        foreach (var device in devices.Take(3))
        {
            await StartAndLeaveAsync(device);
            // Who is known does not count, however often he comes.
            await StartAndLeaveAsync(devices[0]);
        }

        var refused = await devices[3].StartAsync();
        Assert.Equal((429, "too_many_devices"), (refused.Status, refused.Get("code")));
        Assert.False(refused.Json.ContainsKey("license_valid"));
        Assert.InRange(refused.RetryAfter!.Value, 86_000, 86_400);
        await StartAndLeaveAsync(devices[0]);

        // Whoever used up the day has the old key alone.
        var replaced = Assert.IsType<KeyOutcome.Replaced>(await portal.Services.GetRequiredService<LicenseService>().ReplaceKeyAsync(PortalServer.Admin, license.Id));
        await StartAndLeaveAsync(devices[3] with { Key = replaced.License.Key });

        static async Task StartAndLeaveAsync(ClientDevice device)
        {
            Assert.Equal(200, (await device.StartAsync()).Status);
            Assert.Equal(200, (await device.ReleaseAsync()).Status);
        }
    }

    [Fact]
    public async Task An_address_that_guesses_keys_gets_a_429_for_good_and_bad_keys_alike_but_known_pairs_are_served()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("UnknownKeyBurst", "3"), ("UnknownKeysPerMinute", "1"), ("LicenseBurst", "10000")));
        var known = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        Assert.Equal(200, (await known.StartAsync()).Status);
        var fresh = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        for (var guess = 0; guess < 3; guess++) Assert.Equal(401, (await (fresh with { Key = $"GUESS-{guess}" }).StartAsync()).Status);

        // Often, so that some real time passes: a part of a guess that has come back is not a guess.
        foreach (var path in Enumerable.Repeat(Endpoints, 20).SelectMany(paths => paths))
        {
            var good = await fresh.AskAsync(path);
            var bad = await (fresh with { Key = "GUESS-9" }).AskAsync(path);
            Assert.Equal((429, 429), (good.Status, bad.Status));
            Assert.Equal(good.Text, bad.Text);
            Assert.True(good.RetryAfter >= 1 && bad.RetryAfter >= 1);
        }

        Assert.Equal(200, (await known.BeatAsync()).Status);
        Assert.Equal(429, (await (known with { Fingerprint = "ffffffffffffffff" }).StartAsync()).Status);
    }

    [Fact]
    public async Task A_known_pair_is_served_from_such_an_address_after_a_restart_too()
    {
        var limits = Limits(("UnknownKeyBurst", "1"), ("UnknownKeysPerMinute", "1"));
        var before = await PortalServer.StartAsync(limits);
        var known = new ClientDevice(before, await before.CreateKeyAsync(), Machine.Create().Fingerprint);
        await known.StartAsync();
        await known.ReleaseAsync();
        var folder = await before.StopAsync();

        await using var portal = await PortalServer.StartAsync(limits, folder: folder, time: before.Time);
        known = known with { Portal = portal };
        await (known with { Key = "GUESS" }).StartAsync();
        Assert.Equal(429, (await (known with { Fingerprint = "ffffffffffffffff" }).StartAsync()).Status);
        Assert.Equal(200, (await known.StartAsync()).Status);
    }

    [Fact]
    public async Task A_bot_that_beats_for_months_is_served_although_its_address_is_over_the_limit()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("UnknownKeyBurst", "1"), ("UnknownKeysPerMinute", "1")));
        var bot = new ClientDevice(portal, await portal.CreateKeyAsync(term: new QuoTrading.Portal.Licensing.LicenseTerm.Lifetime()), Machine.Create().Fingerprint);
        await bot.StartAsync();
        portal.Time.Now = portal.Time.Now.AddDays(31);
        Assert.Equal(200, (await bot.BeatAsync()).Status);
        await (bot with { Key = "GUESS" }).StartAsync();
        Assert.Equal(429, (await (bot with { Key = "GUESS" }).StartAsync()).Status);

        Assert.Equal(200, (await bot.BeatAsync()).Status);
        Assert.Equal(200, (await bot.ReleaseAsync()).Status);
    }

    [Fact]
    public async Task A_large_body_of_a_script_is_refused_before_it_is_read()
    {
        await using var portal = await PortalServer.StartAsync();
        using var body = new StringContent($$"""{"license_key":"{{new string('x', 100_000)}}","admin_key":"y"}""");
        var answer = await portal.PostRawAsync("/api/admin/force-clear-session", body);
        Assert.Equal((413, "bad_request"), (answer.Status, answer.Get("code")));
    }

    [Fact]
    public async Task While_the_database_is_locked_every_endpoint_asks_to_come_back_and_afterwards_nothing_is_lost()
    {
        var folder = Directory.CreateTempSubdirectory("portal-test-").FullName;
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Portal"] = $"Data Source={Path.Combine(folder, "portal.db")};Default Timeout=1",
        }, folder: folder);
        var license = await portal.CreateLicenseAsync();
        var a = new ClientDevice(portal, license.Key, Machine.Create().Fingerprint);
        var b = a with { Fingerprint = Machine.Create().Fingerprint };
        var session = (await a.StartAsync()).Get("session_id");

        await using (var other = new SqliteConnection($"Data Source={Path.Combine(folder, "portal.db")};Pooling=False"))
        {
            await other.OpenAsync();
            Execute(other, "BEGIN EXCLUSIVE");
            foreach (var path in Endpoints)
            {
                var refused = await b.AskAsync(path);
                Assert.Equal((503, "error", "unavailable"), (refused.Status, refused.Get("status"), refused.Get("code")));
                Assert.True(refused.RetryAfter >= 1);
                Assert.False(refused.Json.ContainsKey("license_valid") || refused.Json.ContainsKey("session_conflict"));
                Assert.DoesNotContain("database", refused.Text, StringComparison.OrdinalIgnoreCase);
            }

            Assert.Equal(503, (await a.BeatAsync()).Status);
            using var hello = await portal.Http.GetAsync(new Uri("/api/hello", UriKind.Relative));
            Assert.Equal(200, (int)hello.StatusCode);
            Execute(other, "ROLLBACK");
        }

        await portal.PassAsync(1);
        Assert.Equal((200, session), (await ReadBeatAsync(a)));
        Assert.Equal(403, (await b.StartAsync()).Status);
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant of this class.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static async Task<(int Status, string? SessionId)> ReadBeatAsync(ClientDevice device)
    {
        var beat = await device.BeatAsync();
        return (beat.Status, beat.Get("session_id"));
    }

    private static Dictionary<string, string> Limits(params (string Name, string Value)[] limits) =>
        limits.ToDictionary(limit => "Portal:Limits:" + limit.Name, limit => limit.Value, StringComparer.Ordinal);
}
