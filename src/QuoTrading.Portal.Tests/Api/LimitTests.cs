using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>Too many requests, and a store that cannot be written: 429 and 503, both with a Retry-After.</summary>
public sealed class LimitTests
{
    private static readonly string[] Endpoints = ["/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear"];

    [Fact]
    public async Task A_license_over_its_limit_is_told_to_wait_and_another_is_served()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("LicenseBurst", "2"), ("LicensePerSecond", "1")));
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var other = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);

        // Its bucket may fill by one a second meanwhile, in real time; forty at once it can never serve.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => a.AskAsync(Endpoints[i % Endpoints.Length])));

        var refused = answers.First(x => x.Status == 429);
        Assert.Equal(("error", "too_many_requests"), (refused.Get("status"), refused.Get("code")));
        Assert.True(refused.RetryAfter >= 1);
        Assert.False(refused.Json.ContainsKey("license_valid") || refused.Json.ContainsKey("session_conflict"));
        Assert.Equal(200, (await other.StartAsync()).Status);
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
