using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>Requests over a limit are seen: as few events with a count, and never as a write a request.</summary>
public sealed class LimitEventTests
{
    [Fact]
    public async Task Requests_over_a_license_s_limit_become_one_event_with_their_number()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("DeviceBurst", "2"), ("DevicePerSecond", "10"), ("LicenseBurst", "2"), ("LicenseBurstPerSeat", "0")));
        var license = await portal.CreateLicenseAsync();
        var a = new ClientDevice(portal, license.Key, Machine.Create().Fingerprint);
        var refused = 0;
        for (var i = 0; i < 30; i++) refused += (await a.BeatAsync()).Status == 429 ? 1 : 0;
        // The first is a stranger yet; then it has two of its own.
        Assert.Equal(27, refused);
        Assert.Empty(await EventsAsync(portal));

        await portal.PassAsync(1);
        for (var i = 0; i < 30; i++) refused += (await a.BeatAsync()).Status == 429 ? 1 : 0;
        await portal.PassAsync(1);
        Assert.True(Assert.Single(await EventsAsync(portal)).Count < refused);
        await portal.PassAsync(5);

        var e = Assert.Single(await EventsAsync(portal));
        Assert.Equal((license.Id, "license_limit", refused), (e.LicenseId, e.Code, e.Count));
        Assert.Equal("ada@example.com", e.CustomerEmail);
    }

    [Fact]
    public async Task A_guesser_is_one_event_of_his_address_and_the_keys_he_tried_are_nowhere()
    {
        await using var portal = await PortalServer.StartAsync(Limits(("UnknownKeyBurst", "3"), ("UnknownKeysPerMinute", "1")));
        for (var guess = 0; guess < 20; guess++) await portal.PostAsync("/api/main", new { license_key = $"GUESS-{guess}", device_fingerprint = "x" });
        await portal.PassAsync(1);

        var e = Assert.Single(await EventsAsync(portal));
        Assert.Equal((null, "unknown_key_limit", 17), (e.LicenseId, e.Code, e.Count));
        Assert.Contains("127.0.0.1", e.Address!, StringComparison.Ordinal);
        Assert.DoesNotContain("GUESS", await TableDump.ReadAsync(portal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_from_very_many_addresses_is_a_bounded_number_of_events_that_together_count_all()
    {
        await using var portal = await PortalServer.StartAsync();
        var tally = portal.Services.GetRequiredService<LimitTally>();
        for (var address = 0; address < 100_000; address++) tally.Count(RequestLimit.UnknownKeys, null, $"10.{address >> 16}.{(address >> 8) & 255}.{address & 255}");
        await portal.PassAsync(1);

        var events = await EventsAsync(portal);
        Assert.Equal(LimitTally.MostPlaces + 1, events.Count);
        Assert.Equal(100_000, events.Sum(e => e.Count));
        Assert.Equal("from many other addresses", Assert.Single(events, e => e.Address is null).Detail);
    }

    private static async Task<List<SessionEvent>> EventsAsync(PortalServer portal)
    {
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await db.SessionEvents.AsNoTracking().Where(e => e.Kind == EventKind.RateLimited).ToListAsync();
    }

    private static Dictionary<string, string> Limits(params (string Name, string Value)[] limits) =>
        limits.ToDictionary(limit => "Portal:Limits:" + limit.Name, limit => limit.Value, StringComparer.Ordinal);
}
