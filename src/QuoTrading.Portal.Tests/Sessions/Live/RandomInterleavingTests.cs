using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>
/// Devices that log in, beat, open and drop streams, release, hand over, are logged out and time out, all at once, in an order that the seed decides; the server
/// restarts in between. What the history says afterwards must agree with what they were told.
/// </summary>
public sealed class RandomInterleavingTests(ITestOutputHelper output)
{
    private const int Rounds = 60;

    private static readonly string[] Devices = ["A", "B", "C", "D"];
    // Most say nothing, as those in the field.
    private static readonly string?[] Apps = [null, "launcher", "bot"];

    private readonly ConcurrentBag<StreamHandle> open = [];

    [Theory]
    [InlineData(1)]
    [InlineData(20251121)]
    [InlineData(424242)]
    public async Task Whatever_the_order_no_two_devices_hold_a_license_and_nobody_is_in_conflict_with_himself(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var time = new FakeTime();
        var told = new ConcurrentBag<Told>();
        var portal = await PortalServer.StartAsync(time: time);
        var keys = new List<(long LicenseId, string Key)>();
        for (var i = 0; i < 4; i++)
        {
            var license = await portal.CreateLicenseAsync();
            keys.Add((license.Id, license.Key));
        }

        for (var round = 0; round < Rounds; round++)
        {
            if (random.Next(15) == 0)
            {
                var folder = await portal.StopAsync();
                open.Clear();
                time.Advance(TimeSpan.FromSeconds(random.Next(600)));
                portal = await PortalServer.StartAsync(folder: folder, time: time);
            }

            // Every instant is its own: what happened before it and what after it is beyond doubt.
            await portal.PassAsync(random.Next(3) == 0 ? random.Next(60, 200) : random.Next(1, 25));
            var moves = Enumerable.Range(0, 12).Select(_ => (License: keys[random.Next(keys.Count)], Device: Devices[random.Next(Devices.Length)], App: Apps[Math.Max(0, random.Next(6) - 3)], Kind: random.Next(14))).ToList();
            var here = portal;
            await Task.WhenAll(moves.Select(move => Task.Run(async () => told.Add(await MakeAsync(here, move.License, new ClientMessage(KeyHash.Of(move.License.Key), move.Device, "1.1.1.1", App: move.App), move.Kind)))));
        }

        await using (portal) await CheckAsync(portal, told);
    }

    private async Task<Told> MakeAsync(PortalServer portal, (long LicenseId, string Key) license, ClientMessage message, int kind)
    {
        var device = message.Device;
        var registry = portal.Registry;
        var at = portal.Time.Now.UtcDateTime;
        switch (kind)
        {
            case < 3:
                return new Told(license.LicenseId, device, at, (await registry.LogInAsync(message)).Outcome);
            case < 7:
                return new Told(license.LicenseId, device, at, (await registry.HeartbeatAsync(message)).Outcome);
            case 7:
                return new Told(license.LicenseId, device, at, (await registry.ReleaseAsync(message)).Outcome);
            case 8:
                return new Told(license.LicenseId, device, at, (await registry.CheckAsync(message)).Outcome);
            case 9 or 10:
                return new Told(license.LicenseId, device, at, await OpenAsync(portal, message));
            case 11:
                if (open.TryTake(out var stream)) portal.Services.GetRequiredService<OpenStreams>().Remove(stream, registry.ServiceNowMs);
                return new Told(license.LicenseId, device, at, new Outcome.NothingToRelease());
            case 12:
                return new Told(license.LicenseId, device, at, (await registry.ReleaseAsync(message with { Handover = true })).Outcome);
            default:
                var holder = registry.Live().FirstOrDefault(s => s.LicenseId == license.LicenseId);
                if (holder is not null) await portal.Service.LogOutAsync(PortalServer.Admin, [holder.SessionId], "chosen by lot");
                return new Told(license.LicenseId, device, at, new Outcome.NothingToRelease());
        }
    }

    private async Task<Outcome> OpenAsync(PortalServer portal, ClientMessage message)
    {
        var streams = portal.Services.GetRequiredService<OpenStreams>();
        var stream = streams.Begin(message.Key, message.Device, message.App ?? "");
        var outcome = (await portal.Registry.OpenStreamAsync(message)).Outcome;
        if (outcome is Outcome.Holds { Session: var session })
        {
            streams.Bind(stream, session);
            open.Add(stream);
        }
        else streams.GiveUp(stream);

        return outcome;
    }

    private static async Task CheckAsync(PortalServer portal, ConcurrentBag<Told> told)
    {
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<Portal.Storage.PortalDbContext>>().CreateDbContextAsync();
        var history = await db.SessionHistory.AsNoTracking().ToListAsync();
        var end = portal.Time.Now.UtcDateTime.AddSeconds(1);
        Assert.True(told.Count(t => t.Outcome is Outcome.Holds) > 100, "Too little happened to prove anything.");
        Assert.True(told.Count(t => t.Outcome is Outcome.Conflict) > 20, "Too few conflicts to prove anything.");
        Assert.Contains(history, r => r.EndReason == EndReason.ConnectionLost);

        foreach (var license in history.GroupBy(r => r.LicenseId))
        {
            var spans = license.OrderBy(r => r.StartedAt).ToList();
            foreach (var (one, other) in spans.SelectMany((one, i) => spans.Skip(i + 1).Select(other => (one, other))))
                Assert.False(one.Device != other.Device && Overlap(one, other), $"{one.Device} and {other.Device} held license {license.Key} at once.");
        }

        foreach (var (licenseId, device, at, outcome) in told)
        {
            var around = history.Where(r => r.LicenseId == licenseId && r.StartedAt <= at && at <= (r.EndedAt ?? end)).ToList();
            if (outcome is Outcome.Conflict)
            {
                Assert.DoesNotContain(around, r => r.Device == device && r.StartedAt < at && at < (r.EndedAt ?? end));
                Assert.Contains(around, r => r.Device != device);
            }
            else if (outcome is Outcome.Holds) Assert.Contains(around, r => r.Device == device);
        }

        bool Overlap(PastSession one, PastSession other) => one.StartedAt < (other.EndedAt ?? end) && other.StartedAt < (one.EndedAt ?? end);
    }

    private sealed record Told(long LicenseId, string Device, DateTime At, Outcome Outcome);
}
