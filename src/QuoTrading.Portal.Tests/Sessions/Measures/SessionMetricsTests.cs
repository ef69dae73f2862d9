using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Measures;

/// <summary>Each instrument counts what docs/operating.md says.</summary>
public sealed class SessionMetricsTests : IAsyncLifetime
{
    private PortalServer portal = null!;
    private MeterReading meter = null!;

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:AllowShortTimeouts"] = "true" });
        meter = new MeterReading(portal.Services);
    }

    public async ValueTask DisposeAsync()
    {
        meter.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task Heartbeats_are_counted_whatever_they_are_answered()
    {
        var holder = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await holder.StartAsync();
        await holder.BeatAsync();
        await holder.BeatAsync();
        Assert.Equal(403, (await (holder with { Fingerprint = Machine.Create().Fingerprint }).BeatAsync()).Status);
        Assert.Equal(400, (await portal.PostAsync("/api/heartbeat", new { })).Status);

        Assert.Equal(3, meter.Ask("portal.heartbeats"));
    }

    [Fact]
    public async Task Logins_are_counted_by_what_came_of_them_and_releases_that_released_something()
    {
        var holder = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var other = holder with { Fingerprint = Machine.Create().Fingerprint };
        await holder.StartAsync();
        await holder.LogInAsync();
        await holder.CheckAsync();
        await other.StartAsync();
        await (other with { Key = LicenseKey.Create() }).StartAsync();
        await other.ReleaseAsync();
        await holder.ReleaseAsync();
        await holder.ReleaseAsync();

        Assert.Equal((2, 1, 1, 4), (meter.Sum("portal.logins", "accepted"), meter.Sum("portal.logins", "session_conflict"), meter.Sum("portal.logins", "unknown_key"), meter.Sum("portal.logins")));
        Assert.Equal(1, meter.Sum("portal.releases"));
    }

    [Fact]
    public async Task Refused_requests_are_counted_by_the_code_that_the_client_was_told()
    {
        var holder = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await holder.StartAsync();
        await (holder with { Fingerprint = Machine.Create().Fingerprint }).StartAsync();
        await (holder with { Fingerprint = Machine.Create().Fingerprint }).BeatAsync();
        await portal.PostAsync("/api/main", new { });
        await portal.PostRawAsync("/api/main", new ByteArrayContent(new byte[300_000]));

        Assert.Equal([("bad_request", 1d), ("body_too_large", 1), ("session_conflict", 1), ("session_conflict", 1)],
            meter.Of("portal.refusals").Select(refused => (refused.Tag!, refused.Value)).Order());
        Assert.Equal([new("session_conflict", 2), new("bad_request", 1), new RefusedRequests("body_too_large", 1)], Metrics.Refusals);

        await portal.PassAsync(61 * 60);
        Assert.Empty(Metrics.Refusals);
    }

    [Fact]
    public async Task Live_sessions_are_those_that_are_not_stale()
    {
        var one = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await one.StartAsync();
        await portal.PassAsync(60);
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        await portal.PassAsync(1);
        Assert.Equal((2, 2), (meter.Ask("portal.sessions.live"), Metrics.Live));
        await portal.PassAsync(30);
        Assert.Equal((1, 1), (meter.Ask("portal.sessions.live"), Metrics.Live));
    }

    [Fact]
    public async Task A_unit_is_measured_with_how_many_commands_it_made_durable_and_whose_it_was()
    {
        var key = await portal.CreateKeyAsync();
        Assert.NotEmpty(meter.Of("portal.commit.duration", "others"));
        Assert.Empty(meter.Of("portal.commit.size"));

        await new ClientDevice(portal, key, Machine.Create().Fingerprint).StartAsync();
        Assert.Equal(1, Assert.Single(meter.Of("portal.commit.size")).Value);
        Assert.Single(meter.Of("portal.commit.duration", "sessions"));
        Assert.NotNull(portal.Services.GetRequiredService<CommitMetrics>().Recent.Last);
    }

    [Fact]
    public async Task Commands_that_wait_together_are_the_depth_of_the_queue_and_then_the_size_of_one_unit()
    {
        var key = await portal.CreateKeyAsync(seats: 10);
        var open = new TaskCompletionSource();
        var taken = new TaskCompletionSource();
        var holding = portal.Services.GetRequiredService<Writer>().RunAsync(async _ =>
        {
            taken.SetResult();
            await open.Task;
        });
        await taken.Task;
        var first = LogInAsync("first");
        // The loop has taken the first and stands at the gate; whatever comes now waits in the queue.
        portal.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Until.TrueAsync(() => portal.Registry.StoreWait > TimeSpan.Zero, "a unit has begun");
        var rest = Enumerable.Range(0, 3).Select(number => LogInAsync($"device-{number}")).ToList();
        Assert.Equal(3, meter.Ask("portal.queue.depth"));

        open.SetResult();
        await Task.WhenAll([holding, first, .. rest]);
        Assert.Equal(0, meter.Ask("portal.queue.depth"));
        Assert.Equal([1d, 3], meter.Of("portal.commit.size").Select(unit => unit.Value));

        Task<Answer> LogInAsync(string device) => portal.Registry.LogInAsync(new ClientMessage(KeyHash.Of(key), device, "192.0.2.1"));
    }

    [Fact]
    public async Task The_feed_s_lag_is_measured_while_somebody_watches()
    {
        using var watching = portal.Services.GetRequiredService<OnlineMonitor>().Subscribe("test", () => { });
        var lag = meter.NextAsync("portal.feed.lag");
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        Assert.InRange((await lag).Value, 0, 1);
        Assert.NotNull(Metrics.RecentLag.Last);
    }

    [Fact]
    public async Task The_store_is_not_available_while_another_program_holds_it()
    {
        var device = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        Assert.Equal(1, meter.Ask("portal.store.available"));
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "portal.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            Assert.Equal(503, (await device.StartAsync()).Status);
            Assert.Equal(0, meter.Ask("portal.store.available"));
            Assert.Equal(1, meter.Sum("portal.refusals", "unavailable"));
        }

        await portal.PassAsync(1);
        Assert.Equal(1, meter.Ask("portal.store.available"));
    }

    private SessionMetrics Metrics => portal.Services.GetRequiredService<SessionMetrics>();
}
