using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>The session stream over HTTP: what it says, and what its end means.</summary>
public sealed class StreamTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    private OpenStreams Streams => Portal.Services.GetRequiredService<OpenStreams>();

    [Fact]
    public async Task It_says_hello_with_what_a_client_must_know()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.LogInAsync()).Get("session_id");
        await using var stream = await StreamClient.OpenAsync(a);

        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", stream.Response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Equal((session, 30, 90, 5), ((string?)stream.Hello["session_id"], (int)stream.Hello["heartbeat_interval_seconds"]!,
            (int)stream.Hello["session_timeout_seconds"]!, (int)stream.Hello["disconnect_grace_seconds"]!));
    }

    [Fact]
    public async Task Without_a_live_session_it_is_refused_in_JSON_and_nothing_begins()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var early = await a.AskAsync("/api/session/stream");
        Assert.Equal((403, "session_ended", "false"), (early.Status, early.Get("code"), early.Get("session_conflict")));
        await b.LogInAsync();
        var late = await a.AskAsync("/api/session/stream");
        Assert.Equal((403, "session_conflict", "true"), (late.Status, late.Get("code"), late.Get("session_conflict")));
        Assert.Equal(b.Fingerprint, Assert.Single(await shared.HistoryAsync(license.Id)).Device);
        Assert.Equal(400, (await Portal.PostAsync("/api/session/stream", new { license_key = license.Key })).Status);
    }

    [Fact]
    public async Task A_forced_logout_arrives_and_closes_it()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await using var stream = await StreamClient.OpenAsync(a);

        await Portal.Service.LogOutAsync(PortalServer.Admin, [session], "shared key", keepOut: TimeSpan.FromMinutes(30));

        var (name, data) = await stream.NextAsync();
        Assert.Equal(("logged_out", "forced_logout"), (name, (string?)data["reason"]));
        Assert.Contains("may log in again from", (string?)data["message"], StringComparison.Ordinal);
        Assert.Equal(Portal.Time.Now.UtcDateTime.AddMinutes(30).ToString("s"), (string?)data["kept_out_until"]);
        Assert.Null((await stream.NextAsync()).Name);
        await Until.TrueAsync(() => !Streams.Holds(session), "the stream is forgotten");
    }

    [Fact]
    public async Task Every_other_end_is_told_with_its_reason()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.LogInAsync();
        await using (var stream = await StreamClient.OpenAsync(a))
        {
            await a.ReleaseAsync();
            Assert.Equal("released", (string?)(await stream.NextAsync()).Data["reason"]);
        }

        await a.LogInAsync();
        await using (var stream = await StreamClient.OpenAsync(a))
        {
            await Portal.PassAsync(91);
            Assert.Equal("timed_out", (string?)(await NextOf(stream, "logged_out"))["reason"]);
        }

        await a.LogInAsync();
        await using (var stream = await StreamClient.OpenAsync(a))
        {
            await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());
            Assert.Equal(("license_suspended", "License is suspended"), Reason((await stream.NextAsync()).Data));
        }
    }

    [Fact]
    public async Task A_client_that_drops_it_loses_the_license_after_the_grace_and_not_before()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await DropAsync(a, license.Id, session);

        await Portal.PassAsync(4.5);
        Assert.Equal((403, "1"), ((await b.LogInAsync()) is var refused ? refused.Status : 0, refused.Get("estimated_wait_seconds")));
        await Portal.PassAsync(0.5);

        Assert.Equal(200, (await b.LogInAsync()).Status);
        Assert.Equal([EndReason.ConnectionLost, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
        Assert.Equal("connection_lost", (await shared.EventsAsync(license.Id)).Single(e => e.Kind == EventKind.Ended).Code);
    }

    [Fact]
    public async Task The_server_ends_the_session_by_itself()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await DropAsync(a, license.Id, session);
        await Portal.PassAsync(6);
        Assert.Equal(EndReason.ConnectionLost, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
    }

    [Fact]
    public async Task A_new_stream_within_the_grace_goes_on_with_the_session()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await DropAsync(a, license.Id, session);
        await Portal.PassAsync(4);

        await using var again = await StreamClient.OpenAsync(a);

        Assert.Equal(session.ToString(), (string?)again.Hello["session_id"]);
        await Portal.PassAsync(60);
        Assert.Equal(403, (await b.LogInAsync()).Status);
    }

    [Theory]
    [InlineData("launcher")]
    [InlineData("bot")]
    public async Task While_one_of_two_streams_is_open_nothing_is_lost(string other)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.AskAsync("/api/main", ("app", other))).Get("session_id")!);
        await using var kept = await StreamClient.OpenAsync(a, other);
        var dropped = await StreamClient.OpenAsync(a, "bot");
        await dropped.DisposeAsync();
        await Until.TrueAsync(() => Streams.All().Count(stream => stream.Session!.SessionId == session) == 1, "the dropped stream is gone");
        await Portal.PassAsync(10);
        Assert.Null(Portal.Registry.Find(license.Id, session)?.Lost);
        Assert.Null(Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
    }

    [Fact]
    public async Task Hand_over_closes_the_launchers_stream_and_the_bot_goes_on_with_the_session()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.AskAsync("/api/main", ("app", "launcher"))).Get("session_id");
        await using var stream = await StreamClient.OpenAsync(a, "launcher");

        Assert.Equal("success", (await a.AskAsync("/api/session/release", ("app", "launcher"), ("handover", true))).Get("status"));

        Assert.Null((await stream.NextAsync()).Name);
        await Portal.PassAsync(30);
        Assert.Equal(403, (await b.LogInAsync()).Status);
        Assert.Equal(session, (await a.AskAsync("/api/validate-license", ("app", "bot"))).Get("session_id"));
        Assert.Null(Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
    }

    [Fact]
    public async Task The_last_to_stay_lost_his_stream_before_the_other_left()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.AskAsync("/api/main", ("app", "launcher"))).Get("session_id")!);
        await using var launcher = await StreamClient.OpenAsync(a, "launcher");
        var bot = await StreamClient.OpenAsync(a, "bot");
        await bot.DisposeAsync();
        await Until.TrueAsync(() => Streams.All().Where(stream => stream.Session!.SessionId == session).Select(stream => stream.App).ToList() is ["launcher"], "the bot's stream is gone");

        await a.AskAsync("/api/session/release", ("app", "launcher"));

        await Until.TrueAsync(() => Portal.Registry.Find(license.Id, session)?.Lost is not null, "the connection is lost");
        await Portal.PassAsync(6);
        Assert.Equal(EndReason.ConnectionLost, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
    }

    [Fact]
    public async Task A_change_of_the_license_is_told()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.LogInAsync();
        await using var stream = await StreamClient.OpenAsync(a);
        await Portal.PassAsync(2);
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Extend(30));
        await Portal.PassAsync(2);
        var (name, data) = await stream.NextAsync();
        Assert.Equal(("license", "active"), (name, (string?)data["license_status"]));
        Assert.InRange((int)data["days_until_expiration"]!, 58, 60);
    }

    [Fact]
    public async Task Too_many_streams_of_a_license_are_refused_and_heartbeats_go_on()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await a.LogInAsync();
        var open = new List<StreamClient>();
        for (var i = 0; i < new StreamOptions().MostPerLicense; i++) open.Add(await StreamClient.OpenAsync(a));
        var refused = await a.AskAsync("/api/session/stream");
        Assert.Equal((429, "too_many_streams", null), (refused.Status, refused.Get("code"), refused.Get("session_conflict")));
        Assert.Equal(200, (await a.BeatAsync()).Status);
        foreach (var stream in open) await stream.DisposeAsync();
    }

    [Fact]
    public async Task Online_shows_who_holds_a_stream()
    {
        var (_, a, b) = await shared.CreateDevicesAsync(seats: 2);
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        var other = Guid.Parse((await b.LogInAsync()).Get("session_id")!);
        await using var stream = await StreamClient.OpenAsync(a);
        var monitor = Portal.Services.GetRequiredService<OnlineMonitor>();
        var snapshot = monitor.Renew();
        Assert.Equal((true, false), (snapshot.Find(session)!.HasStream, snapshot.Find(other)!.HasStream));
    }

    private static (string?, string?) Reason(System.Text.Json.Nodes.JsonObject data) => ((string?)data["reason"], (string?)data["message"]);

    private static async Task<System.Text.Json.Nodes.JsonObject> NextOf(StreamClient stream, string wanted)
    {
        while (true)
        {
            var (name, data) = await stream.NextAsync();
            if (name == wanted) return data;
            Assert.NotNull(name);
        }
    }

    private async Task DropAsync(ClientDevice device, long licenseId, Guid session)
    {
        var stream = await StreamClient.OpenAsync(device);
        await stream.DisposeAsync();
        await Until.TrueAsync(() => Portal.Registry.Find(licenseId, session)?.Lost is not null, "the connection is lost");
    }
}
