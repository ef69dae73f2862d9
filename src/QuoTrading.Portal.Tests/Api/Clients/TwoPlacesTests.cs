using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md over HTTP: symbol sessions against somebody who invents symbols and moves; one device in two places; proofs of an installation.</summary>
public sealed class TwoPlacesTests(TwoPlacesTests.BehindProxy shared) : IClassFixture<TwoPlacesTests.BehindProxy>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Thirty_devices_with_invented_symbols_get_the_seats_devices_and_show()
    {
        var license = await Portal.CreateLicenseAsync();
        string[] symbols = ["ES", "es", " ES ", "ES\u200b", .. Enumerable.Range(1, 26).Select(i => $"S{i}")];
        var answers = new List<Answered>();
        foreach (var symbol in symbols) answers.Add(await Bot(license, symbol).StartAsync());

        Assert.Equal((6, 24), (answers.Count(a => a.Status == 200), answers.Count(a => a.Status == 403 && a.Get("code") == "session_conflict")));
        Assert.Equal([200, 403, 403, 403], answers.Take(4).Select(a => a.Status));
        Assert.Contains("symbol", answers[3].Text + (await Bot(license, "ES\u200b").CheckAsync()).Text, StringComparison.Ordinal);

        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        var list = JsonNode.Parse(await script.GetStringAsync(new Uri("/api/admin/sessions?limit=1000", UriKind.Relative)))!["sessions"]!.AsArray();
        Assert.All(list.Where(s => (long)s!["license_id"]! == license.Id), s => Assert.Equal((1, 6), ((int)s!["seat"]!, (int)s["devices_on_seat"]!)));
        var use = await Portal.Services.GetRequiredService<LicenseUsage>().ReadAsync(license.Id);
        Assert.Equal(6, use!.Signals.MostOnSeat);
        Assert.NotEqual(SharingLevel.None, use.Signals.Level);
    }

    [Fact]
    public async Task Devices_that_logged_in_from_one_address_and_go_on_from_eight_are_apart_after_a_timeout()
    {
        var license = await Portal.CreateLicenseAsync();
        var bots = Enumerable.Range(0, 6).Select(i => Bot(license, $"S{i}")).ToList();
        foreach (var bot in bots) Assert.Equal(200, (await bot.StartAsync()).Status);
        bots = [.. bots.Select((bot, i) => bot with { From = $"198.51.{i}.7" })];
        for (var passed = 0; passed < 90; passed += 30)
        {
            foreach (var bot in bots) Assert.Equal(200, (await bot.BeatAsync()).Status);
            await Portal.PassAsync(30);
        }

        int[] apart = [200, 403, 403, 403, 403, 403];
        Assert.Equal(apart, await BeatAsync(bots));
        Assert.Equal(5, (await shared.HistoryAsync(license.Id)).Count(r => r.EndReason == EndReason.MovedApart));
        Assert.Equal(apart, await BeatAsync(bots));
    }

    [Fact]
    public async Task A_laptop_with_six_bots_changes_its_line_and_notices_nothing()
    {
        var license = await Portal.CreateLicenseAsync();
        var bots = Enumerable.Range(0, 6).Select(i => Bot(license, $"S{i}")).ToList();
        foreach (var bot in bots) await bot.StartAsync();
        var before = (await shared.HistoryAsync(license.Id)).Select(r => r.SessionId).ToList();
        for (var line = 0; line < 4; line++)
        {
            bots = [.. bots.Select(bot => bot with { From = $"198.51.{line}.7" })];
            for (var beat = 0; beat < 4; beat++)
            {
                foreach (var bot in bots.Skip(line).Concat(bots.Take(line))) Assert.Equal(200, (await bot.BeatAsync()).Status);
                await Portal.PassAsync(30);
            }
        }

        var after = await shared.HistoryAsync(license.Id);
        Assert.Equal(before, after.Select(r => r.SessionId));
        Assert.All(after, r => Assert.Null(r.EndedAt));
    }

    [Fact]
    public async Task One_fingerprint_on_three_computers_is_an_event_a_mark_and_the_strongest_sign()
    {
        var license = await Portal.CreateLicenseAsync();
        var device = shared.Device(license.Key);
        for (var passed = 0; passed < 300; passed += 10)
        {
            Assert.Equal(200, (await (device with { From = $"198.51.{passed / 10 % 3}.7" }).BeatAsync()).Status);
            await Portal.PassAsync(10);
        }

        var seen = Assert.Single(await shared.EventsAsync(license.Id), e => e.Kind == EventKind.CopiedDevice);
        Assert.Equal(("two_networks", device.Fingerprint), (seen.Code, seen.Device));
        Assert.InRange(seen.Count, 20, 28);
        Assert.Contains("198.51.0.0/24", seen.Detail, StringComparison.Ordinal);
        var signals = (await Portal.Services.GetRequiredService<LicenseUsage>().ReadAsync(license.Id))!.Signals;
        Assert.Equal((1, 1, seen.Count), (signals.CopiedDevices, signals.Copies, signals.CopiesSeen));
        Assert.Equal(CopySign.TwoNetworks, Portal.Services.GetRequiredService<OnlineMonitor>().Renew().Of(license.Id).Single().Copied?.Sign);
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        var list = JsonNode.Parse(await script.GetStringAsync(new Uri("/api/admin/sessions?limit=1000", UriKind.Relative)))!["sessions"]!.AsArray();
        Assert.Equal("two_networks", (string?)list.Single(s => (long)s!["license_id"]! == license.Id)!["copied_device"]);
        var ranking = await Portal.Services.GetRequiredService<LicenseUsage>().MostSharedAsync(100);
        Assert.Equal(SharingLevel.Likely, ranking.Single(shared => shared.LicenseId == license.Id).Signals.Level);
        // Before it only those of the other tests that are in two places as well.
        Assert.All(ranking.TakeWhile(shared => shared.LicenseId != license.Id), shared => Assert.True(shared.Signals.Copies > 0));
    }

    [Fact]
    public async Task After_an_hour_it_is_another_event()
    {
        var license = await Portal.CreateLicenseAsync();
        var device = shared.Device(license.Key);
        for (var passed = 0; passed < 4000; passed += 40)
        {
            await (device with { From = $"198.51.{passed / 40 % 2}.7" }).BeatAsync();
            await Portal.PassAsync(40);
        }

        Assert.Equal(2, (await shared.EventsAsync(license.Id)).Count(e => e.Kind == EventKind.CopiedDevice));
    }

    [Fact]
    public async Task Where_one_license_refuses_it_only_the_place_of_the_login_is_served()
    {
        var license = await Portal.CreateLicenseAsync();
        using var script = await Portal.CreateScriptAsync(PortalRole.Administrator);
        using var body = new StringContent("""{"copied_devices":"refuse"}""", System.Text.Encoding.UTF8, "application/json");
        using var changed = await script.PatchAsync(new Uri($"/api/admin/licenses/{license.Id}", UriKind.Relative), body);
        Assert.Contains("\"copied_devices\":\"refuse\"", await changed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var home = shared.Device(license.Key) with { From = "198.51.0.7" };
        var thief = home with { From = "203.0.113.7" };
        await home.StartAsync();

        Assert.Equal(200, (await thief.BeatAsync()).Status);
        Assert.Equal(200, (await home.BeatAsync()).Status);
        var refused = await thief.BeatAsync();
        Assert.Equal((403, "session_conflict", true), (refused.Status, refused.Get("code"), refused.Json["session_conflict"]!.GetValue<bool>()));
        Assert.Equal(home.Fingerprint[..8] + "...", refused.Get("active_device"));
        Assert.InRange(refused.RetryAfter!.Value, 1, 90);
        Assert.Equal(200, (await home.BeatAsync()).Status);
        Assert.Contains(await shared.EventsAsync(license.Id), e => e.Code == "copied_devices_changed");

        // People are told what the client is not: that it is no other device.
        var told = Assert.Single(await shared.EventsAsync(license.Id), e => e.Kind == EventKind.Refused);
        Assert.Equal(("session_conflict", "copied device: served only in 198.51.0.0/24 until the next login"), (told.Code, told.Detail));
        var test = await Portal.Services.GetRequiredService<IKeyTester>().TestAsync(Actors.Viewer, new KeyQuestion(license.Key, Device: thief.Fingerprint, Address: thief.From));
        var asked = Assert.Single(test.Answers, answer => answer.Path == "/api/heartbeat");
        Assert.Equal((403, "session_conflict"), (asked.Status, asked.Code));
        Assert.Contains("copied device", asked.Why, StringComparison.Ordinal);
        Assert.Contains("served only in 198.51.0.0/24 until the next login", asked.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_of_another_installation_is_refused_as_a_copy_and_another_device_is_no_copy()
    {
        var license = await Portal.CreateLicenseAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetCopiedDevices(CopiedDevices.Refuse));
        var home = shared.Device(license.Key) with { From = "198.51.0.7" };
        Assert.Equal(200, (await home.StartAsync(("install", new string('e', 64)))).Status);
        Assert.Equal("session_conflict", (await home.StartAsync(("install", new string('f', 64)))).Get("code"));
        Assert.Equal("session_conflict", (await shared.Device(license.Key).BeatAsync()).Get("code"));

        var refused = (await shared.EventsAsync(license.Id)).Where(e => e.Kind == EventKind.Refused).Select(e => (e.Device == home.Fingerprint, e.Detail));
        Assert.Equal([(true, "copied device: served only to the installation that logged in"), (false, "heartbeat")], refused);
    }

    [Fact]
    public async Task Who_would_be_refused_by_another_setting_is_known_before_it_is_saved()
    {
        var service = Portal.Services.GetRequiredService<ISessionService>();
        var refuse = service.Settings with { CopiedDevices = CopiedDevices.Refuse };
        var before = service.Preview(refuse).Copied;
        var license = await Portal.CreateLicenseAsync(seats: 2);
        foreach (var device in new[] { shared.Device(license.Key), shared.Device(license.Key) })
            foreach (var from in new[] { "198.51.0.7", "203.0.113.7", "198.51.0.7" }) Assert.Equal(200, (await (device with { From = from }).BeatAsync()).Status);

        Assert.Equal(before + 2, service.Preview(refuse).Copied);
        Assert.Equal(0, service.Preview(service.Settings).Copied);
        var signals = (await Portal.Services.GetRequiredService<LicenseUsage>().ReadAsync(license.Id))!.Signals;
        Assert.Equal((2, 2, 2), (signals.CopiedDevices, signals.Copies, signals.CopiesSeen));
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetCopiedDevices(CopiedDevices.Report));
        Assert.Equal(before, service.Preview(refuse).Copied);
    }

    [Fact]
    public async Task A_client_that_proves_its_installation_goes_on_across_a_restart_and_a_thief_does_not()
    {
        var before = await PortalServer.StartAsync();
        var device = new ClientDevice(before, await before.CreateKeyAsync(), Machine.Create().Fingerprint);
        var install = new string('c', 64);
        var token = (await device.StartAsync(("install", install))).Get("session_token");
        Assert.NotNull(token);
        for (var i = 0; i < 10; i++)
        {
            var beat = await device.BeatAsync(("session_token", token));
            Assert.Equal(200, beat.Status);
            Assert.Equal(i == 9, beat.Json.ContainsKey("session_token"));
            token = beat.Get("session_token") ?? token;
        }

        await using (var portal = await PortalServer.StartAsync(folder: await before.StopAsync(), time: before.Time))
        {
            device = device with { Portal = portal };
            var thief = await device.BeatAsync();
            Assert.Equal((403, "login_required"), (thief.Status, thief.Get("code")));
            Assert.False(thief.Json["session_conflict"]!.GetValue<bool>());
            Assert.False(thief.Json.ContainsKey("license_valid"));
            Assert.Equal("info", (await device.ReleaseAsync()).Get("status"));
            Assert.Equal(200, (await device.BeatAsync(("session_token", token))).Status);
            Assert.Equal("success", (await device.AskAsync("/api/session/release", ("session_token", token))).Get("status"));
            // It is bound for good: a heartbeat alone begins nothing.
            Assert.Equal("login_required", (await device.BeatAsync(("session_token", token))).Get("code"));

            await using var db = await portal.Services.GetRequiredService<IDbContextFactory<Portal.Storage.PortalDbContext>>().CreateDbContextAsync();
            Assert.Equal(install, (await db.LicenseDevices.SingleAsync()).Install);
        }
    }

    [Fact]
    public async Task Where_copies_are_refused_whoever_is_let_in_while_the_owner_is_away_must_go_when_he_comes_back()
    {
        var license = await Portal.CreateLicenseAsync();
        using var script = await Portal.CreateScriptAsync(PortalRole.Administrator);
        using var body = new StringContent("""{"copied_devices":"refuse"}""", System.Text.Encoding.UTF8, "application/json");
        using var changed = await script.PatchAsync(new Uri($"/api/admin/licenses/{license.Id}", UriKind.Relative), body);
        changed.EnsureSuccessStatusCode();
        var (owner, thief) = (shared.Device(license.Key) with { From = "198.51.1.7" }, shared.Device(license.Key) with { From = "203.0.114.7" });
        thief = thief with { Fingerprint = owner.Fingerprint };
        var (own, other) = (("install", (object?)new string('e', 64)), ("install", (object?)new string('f', 64)));
        var token = (await owner.StartAsync(own)).Get("session_token");
        Assert.Equal("success", (await owner.AskAsync("/api/session/release", ("session_token", token))).Get("status"));
        var stolen = (await thief.StartAsync(other)).Get("session_token");

        var back = await owner.StartAsync(own);
        Assert.Equal(200, back.Status);
        Assert.Equal("login_required", (await thief.BeatAsync(("session_token", stolen))).Get("code"));
        Assert.Equal("session_conflict", (await thief.StartAsync(other)).Get("code"));
        Assert.Equal(200, (await owner.BeatAsync(("session_token", back.Get("session_token")))).Status);
    }

    [Fact]
    public async Task A_token_is_nowhere_in_the_database()
    {
        var license = await Portal.CreateLicenseAsync();
        var token = (await shared.Device(license.Key).StartAsync(("install", new string('d', 64)))).Get("session_token")!;
        await Portal.PassAsync(1);
        foreach (var file in new[] { "portal.db", "portal.db-wal" }.Select(name => Path.Combine(Portal.Folder, name)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var all = new MemoryStream();
            await stream.CopyToAsync(all);
            Assert.Equal(-1, all.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(token)));
        }
    }

    [Fact]
    public async Task Clients_that_send_no_install_are_told_nothing_of_it()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        foreach (var answer in new[] { await a.LogInAsync(), await a.StartAsync(), await a.BeatAsync() })
        {
            Assert.Equal(200, answer.Status);
            Assert.DoesNotContain("token", answer.Text, StringComparison.Ordinal);
        }
    }

    private static async Task<int[]> BeatAsync(IEnumerable<ClientDevice> bots)
    {
        var statuses = new List<int>();
        foreach (var bot in bots) statuses.Add((await bot.BeatAsync()).Status);
        return [.. statuses];
    }

    private ClientDevice Bot(IssuedLicense license, string symbol) => shared.Device(license.Key) with { Symbol = symbol, From = "192.0.2.1" };

    /// <summary>A server that believes the test where a device is.</summary>
    public sealed class BehindProxy : SharedPortal
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [PortalServer.BelievesProxy.Key] = PortalServer.BelievesProxy.Value,
            ["Portal:Limits:LicenseBurst"] = "1000",
        };
    }
}
