using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>How many sessions were live in each minute: the peak, across restarts, with gaps where no server ran.</summary>
public sealed class ConcurrencyTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Each_minute_keeps_its_peak_and_downtime_is_a_gap_and_no_zero()
    {
        var first = await PortalServer.StartAsync();
        var two = await first.CreateKeyAsync(seats: 2);
        var one = new ClientDevice(first, await first.CreateKeyAsync(), Machine.Create().Fingerprint);
        await one.StartAsync();
        foreach (var _ in Enumerable.Range(0, 2)) await new ClientDevice(first, two, Machine.Create().Fingerprint).StartAsync();
        await first.PassAsync(10);
        await one.ReleaseAsync();
        await first.PassAsync(60);
        await first.PassAsync(60);
        // 12:02:10; the two timed out at 12:01:30.
        var folder = await first.StopAsync();
        first.Time.Advance(TimeSpan.FromMinutes(3));

        await using var second = await PortalServer.StartAsync(folder: folder, time: first.Time);
        await second.PassAsync(60);

        Assert.Equal([(0, 3, 2), (1, 2, 1), (2, 0, 0), (5, 0, 0), (6, 0, 0)], await ReadAsync(second, TimeSpan.FromMinutes(1)));
        Assert.Equal([(0, 3, 2), (4, 0, 0)], await ReadAsync(second, TimeSpan.FromMinutes(4)));
    }

    [Fact]
    public async Task A_minute_that_a_restart_cut_in_two_keeps_the_higher_peak()
    {
        var first = await PortalServer.StartAsync();
        var a = new ClientDevice(first, await first.CreateKeyAsync(), Machine.Create().Fingerprint);
        await a.StartAsync();
        await first.PassAsync(5);
        await a.ReleaseAsync();
        var folder = await first.StopAsync();

        await using var second = await PortalServer.StartAsync(folder: folder, time: first.Time);
        await second.PassAsync(60);

        Assert.Equal((0, 1, 1), (await ReadAsync(second, TimeSpan.FromMinutes(1)))[0]);
    }

    [Fact]
    public async Task The_minute_that_runs_counts_already()
    {
        await using var portal = await PortalServer.StartAsync();
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        await portal.PassAsync(2);
        Assert.Equal([(0, 1, 1)], await ReadAsync(portal, TimeSpan.FromMinutes(5)));
    }

    private static async Task<List<(int Minute, int Live, int Licenses)>> ReadAsync(PortalServer portal, TimeSpan step)
    {
        var minutes = await portal.Services.GetRequiredService<ConcurrencyHistory>().ReadAsync(Noon, Noon.AddHours(1), step);
        return [.. minutes.Select(m => ((int)(m.Minute - Noon).TotalMinutes, m.Live, m.Licenses))];
    }
}
