using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, What each request does, rules 1 to 5, over HTTP; with what history and events keep of it.</summary>
public sealed class SessionFlowTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task A_login_writes_one_history_row_and_one_event()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.AskAsync("/api/main", ("device_name", "Ada's tower"), ("bot_version", "2.0.0"))).Get("session_id")!);

        var row = Assert.Single(await shared.HistoryAsync(license.Id));
        var happened = Assert.Single(await shared.EventsAsync(license.Id));

        Assert.Equal((session, a.Fingerprint, "ada@example.com", "MONTHLY"), (row.SessionId, row.Device, row.CustomerEmail, row.Plan));
        Assert.Equal((Portal.Time.Now.UtcDateTime, null, "Ada's tower", "2.0.0"), (row.StartedAt, row.EndedAt, row.DeviceName, row.BotVersion));
        Assert.DoesNotContain(license.Key, row.KeyMasked, StringComparison.Ordinal);
        Assert.Equal((EventKind.LoggedIn, session, a.Fingerprint, 1), (happened.Kind, happened.SessionId, happened.Device, happened.Count));
    }

    [Fact]
    public async Task A_second_login_of_the_device_continues_its_session_and_starts_its_timeout_anew()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.LogInAsync()).Get("session_id");
        await Portal.PassAsync(60);
        Assert.Equal(session, (await a.StartAsync()).Get("session_id"));
        await Portal.PassAsync(60);

        Assert.Equal(403, (await b.StartAsync()).Status);
        Assert.Equal([EventKind.LoggedIn, EventKind.Continued, EventKind.Refused], (await shared.EventsAsync(license.Id)).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_heartbeat_within_15_minutes_of_the_time_out_reopens_the_session_and_counts_an_interruption()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        await Portal.PassAsync(90 + (15 * 60) - 2);
        Assert.Equal(EndReason.TimedOut, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);

        Assert.Equal((200, session), await BeatOf(a));

        var row = Assert.Single(await shared.HistoryAsync(license.Id));
        Assert.Equal((null, null, 1), (row.EndedAt, row.EndReason, row.Interruptions));
        Assert.Equal([EventKind.LoggedIn, EventKind.Ended, EventKind.Resumed], (await shared.EventsAsync(license.Id)).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_heartbeat_later_than_15_minutes_after_the_time_out_starts_a_new_session()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        // The service clock stands still where a commit takes long, and to a fake clock any commit may: a minute more.
        await Portal.PassAsync(90 + (15 * 60) + 60);

        var (status, now) = await BeatOf(a);

        Assert.Equal(200, status);
        Assert.NotEqual(session, now);
        Assert.Equal([EndReason.TimedOut, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
    }

    [Fact]
    public async Task A_session_whose_seat_somebody_held_meanwhile_is_not_reopened()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        await Portal.PassAsync(91);
        await b.StartAsync();
        await Portal.PassAsync(1);
        await b.ReleaseAsync();

        Assert.NotEqual(session, (await BeatOf(a)).SessionId);
        Assert.Equal([EndReason.TimedOut, EndReason.Released, null], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
    }

    [Fact]
    public async Task A_heartbeat_after_a_release_starts_a_new_session()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        await a.ReleaseAsync();

        var (status, now) = await BeatOf(a);

        Assert.Equal(200, status);
        Assert.NotEqual(session, now);
    }

    [Fact]
    public async Task A_heartbeat_without_a_login_takes_a_free_seat()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();

        Assert.Equal(200, (await a.BeatAsync()).Status);
        Assert.Equal(403, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task A_release_is_in_the_history_once_however_often_it_is_sent()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        for (var i = 0; i < 4; i++) await a.ReleaseAsync();

        var row = Assert.Single(await shared.HistoryAsync(license.Id));

        Assert.Equal((EndReason.Released, Portal.Time.Now.UtcDateTime, null), (row.EndReason, row.EndedAt, row.EndedBy));
        Assert.Equal([EventKind.LoggedIn, EventKind.Ended], (await shared.EventsAsync(license.Id)).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_late_release_and_a_late_heartbeat_of_a_former_holder_do_not_touch_the_new_one()
    {
        var (_, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(91);
        var session = (await b.StartAsync()).Get("session_id");

        Assert.Equal("info", (await a.ReleaseAsync()).Get("status"));
        Assert.Equal(403, (await a.BeatAsync()).Status);

        Assert.Equal((200, session), await BeatOf(b));
    }

    [Theory]
    [InlineData(89, false)]
    [InlineData(91, true)]
    public async Task The_server_ends_a_silent_session_by_itself_within_a_second_of_the_timeout(int seconds, bool ended)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(seconds);

        Assert.Equal(ended ? EndReason.TimedOut : null, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
    }

    [Fact]
    public async Task A_message_that_names_its_live_session_is_served()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");

        Assert.Equal((200, session), await BeatOf(a, session));
        Assert.Equal("success", (await a.AskAsync("/api/session/release", ("session_id", session))).Get("status"));
    }

    [Fact]
    public async Task A_message_that_names_an_ended_session_neither_resumes_it_nor_ends_another()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var old = (await a.StartAsync()).Get("session_id");
        await Portal.PassAsync(91);
        Assert.Equal(403, (await BeatOf(a, old)).Status);
        Assert.Equal(0, Assert.Single(await shared.HistoryAsync(license.Id)).Interruptions);
        var now = (await a.StartAsync()).Get("session_id");

        Assert.Equal("info", (await a.AskAsync("/api/session/release", ("session_id", old))).Get("status"));
        Assert.Equal(403, (await BeatOf(a, old)).Status);

        Assert.Equal((200, now), await BeatOf(a));
    }

    [Fact]
    public async Task An_ended_session_is_no_reason_to_stop_trading_for_a_bad_license()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        await a.ReleaseAsync();

        var refused = await a.BeatAsync(("session_id", session));

        Assert.Equal((403, "session_ended"), (refused.Status, refused.Get("code")));
        Assert.False(refused.Json.ContainsKey("license_valid"));
    }

    [Fact]
    public async Task What_a_heartbeat_says_is_kept_and_what_it_leaves_out_or_gives_as_null_stays()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.StartAsync()).Get("session_id")!);
        await a.BeatAsync(("bot_version", "2.0.0"), ("status", "idle"), ("symbol", "MES"), ("device_name", "tower"), ("metadata", new { session_pnl = 12.5 }));
        await a.BeatAsync(("bot_version", null), ("status", null), ("metadata", null), ("device_name", null));
        await a.BeatAsync();

        var live = Assert.Single(Portal.Registry.Live(), s => s.SessionId == session);

        Assert.Equal(("2.0.0", "idle", "MES", "tower"), (live.BotVersion, live.Status, live.Symbol, live.DeviceName));
        Assert.Contains("12.5", live.Metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspending_ends_the_session_and_after_reactivation_a_heartbeat_goes_on()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());
        Assert.Equal((403, "license_suspended", "false"), await RefusalOf(a));
        Assert.Equal(EndReason.LicenseSuspended, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);

        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Reactivate());

        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task Cancelling_ends_the_session()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Cancel());

        Assert.Equal((403, "license_cancelled", "false"), await RefusalOf(a));
        var row = Assert.Single(await shared.HistoryAsync(license.Id));
        Assert.Equal((EndReason.LicenseCancelled, "admin@example.com"), (row.EndReason, row.EndedBy));
    }

    [Fact]
    public async Task Fewer_seats_end_the_newest_sessions()
    {
        var (license, a, b) = await shared.CreateDevicesAsync(seats: 3);
        var c = shared.Device(license.Key);
        foreach (var device in new[] { a, b, c })
        {
            await device.StartAsync();
            await Portal.PassAsync(1);
        }

        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(1));

        Assert.Equal([null, EndReason.SeatsReduced, EndReason.SeatsReduced], (await shared.HistoryAsync(license.Id)).Select(r => r.EndReason));
        Assert.Equal((200, 403, 403), ((await a.BeatAsync()).Status, (await b.BeatAsync()).Status, (await c.BeatAsync()).Status));
    }

    [Fact]
    public async Task Expiry_ends_the_session_within_a_second()
    {
        var (license, a, _) = await shared.CreateDevicesAsync(term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddSeconds(45)));
        await a.StartAsync();
        await Portal.PassAsync(44);
        Assert.Equal(200, (await a.BeatAsync()).Status);
        await Portal.PassAsync(2);

        Assert.Equal(EndReason.LicenseExpired, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
        Assert.Equal((403, "license_expired", "false"), await RefusalOf(a));
    }

    [Fact]
    public async Task Equal_refusals_within_a_minute_are_one_event_with_a_count()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await b.StartAsync();
            await Portal.PassAsync(10);
        }

        var refused = Assert.Single(await shared.EventsAsync(license.Id), e => e.Kind == EventKind.Refused);

        Assert.Equal(("session_conflict", b.Fingerprint, 3), (refused.Code, refused.Device, refused.Count));
        Assert.Equal(TimeSpan.FromSeconds(20), refused.LastAt - refused.At);
    }

    [Fact]
    public async Task Refusals_of_other_devices_and_those_a_minute_later_are_events_of_their_own()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var c = shared.Device(license.Key);
        await a.StartAsync();
        await b.StartAsync();
        await c.StartAsync();
        await a.BeatForAsync(61);
        await b.StartAsync();

        Assert.Equal([1, 1, 1], (await shared.EventsAsync(license.Id)).Where(e => e.Kind == EventKind.Refused).Select(e => e.Count));
    }

    [Fact]
    public async Task Guesses_with_unknown_keys_are_counted_by_where_they_come_from()
    {
        foreach (var key in new[] { "GUESS-1", "GUESS-2", "GUESS-3" }) await shared.Device(key).StartAsync();

        var guessed = Assert.Single(await shared.ReadAsync(db => db.SessionEvents.AsNoTracking().Where(e => e.Code == "unknown_key").ToListAsync()));

        Assert.Equal((EventKind.Refused, null, null, "127.0.0.1", 3), (guessed.Kind, guessed.LicenseId, guessed.KeyMasked, guessed.Address, guessed.Count));
    }

    private static async Task<(int Status, string? SessionId)> BeatOf(ClientDevice device, string? session = null)
    {
        var beat = session is null ? await device.BeatAsync() : await device.BeatAsync(("session_id", session));
        return (beat.Status, beat.Get("session_id"));
    }

    private static async Task<(int Status, string? Code, string? Valid)> RefusalOf(ClientDevice device)
    {
        var beat = await device.BeatAsync();
        return (beat.Status, beat.Get("code"), beat.Get("license_valid"));
    }
}
