using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Node;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating;

/// <summary>What the System page and <c>GET /api/admin/system</c> say.</summary>
public sealed class SystemMonitorTests : IAsyncLifetime
{
    private PortalServer portal = null!;

    public async ValueTask InitializeAsync() => portal = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task It_says_what_runs_since_when_where_its_database_lies_and_how_large_it_is()
    {
        await portal.PassAsync(90);
        var figures = await portal.Services.GetRequiredService<SystemMonitor>().ReadAsync();
        Assert.Equal((TimeSpan.FromSeconds(90), new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc)), (figures.Process.Uptime, figures.Process.StartedAt));
        Assert.StartsWith(".NET 10", figures.Process.Runtime, StringComparison.Ordinal);
        Assert.True(figures.Process.MemoryBytes > 10_000_000);
        var store = figures.Store;
        Assert.Equal(Path.Combine(portal.Folder, "portal.db"), store.Path);
        Assert.Equal(new FileInfo(store.Path).Length, store.Bytes);
        Assert.Equal(new FileInfo(store.Path + "-wal").Length, store.LogBytes);
        Assert.StartsWith("SQLite 3.", store.Engine, StringComparison.Ordinal);
        Assert.True(store is { Answers: true, FreeBytes: > 0, LastCommit: not null, CommitMedian: not null });
        Assert.Empty(figures.Problems);
    }

    [Fact]
    public async Task It_says_what_there_is_to_do_at_most_a_second_old()
    {
        var device = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await device.StartAsync();
        for (var second = 0; second < 10; second++)
        {
            foreach (var _ in Enumerable.Range(0, 3)) await device.BeatAsync();
            await portal.PassAsync(1);
        }

        await (device with { Fingerprint = Machine.Create().Fingerprint }).StartAsync();
        var load = (await portal.Services.GetRequiredService<SystemMonitor>().ReadAsync()).Load;
        Assert.Equal((1, 0, 0), (load.Sessions, load.QueueDepth, load.Circuits));
        Assert.Equal(3, load.HeartbeatsPerSecond, tolerance: 0.4);
        Assert.Equal(("session_conflict", 1), (Assert.Single(load.Refusals).Code, load.Refusals[0].Count));

        await device.ReleaseAsync();
        Assert.Same(load, (await portal.Services.GetRequiredService<SystemMonitor>().ReadAsync()).Load);
        await portal.PassAsync(1);
        Assert.Equal(0, (await portal.Services.GetRequiredService<SystemMonitor>().ReadAsync()).Load.Sessions);
    }

    [Fact]
    public async Task It_says_which_backups_there_are_and_when_the_next_is_due()
    {
        await portal.Services.GetRequiredService<ScheduledBackups>().RunOnceAsync();
        var backups = (await portal.Services.GetRequiredService<SystemMonitor>().ReadAsync()).Backups;
        var stored = Assert.Single(backups.Stored);
        Assert.Equal(("portal-20260101-120000.db", new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc)), (stored.Name, stored.At));
        Assert.Equal(new FileInfo(Path.Combine(backups.Folder, stored.Name)).Length, stored.Bytes);
        // Switched off for tests.
        Assert.Null(backups.NextAt);
    }

    [Fact]
    public async Task A_script_of_any_role_reads_the_same()
    {
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        await portal.PassAsync(1);
        using var script = await portal.CreateScriptAsync(PortalRole.Viewer);
        using var response = await script.GetAsync(new Uri("/api/admin/system", UriKind.Relative));
        var answer = await Answered.ReadAsync(response);
        Assert.Equal((200, 1, true), (answer.Status, answer.Json["load"]!["sessions_live"]!.GetValue<int>(), answer.Json["database"]!["available"]!.GetValue<bool>()));
        Assert.Equal(portal.Services.GetRequiredService<BackupFolder>().FolderPath, answer.Json["backups"]!["folder"]!.GetValue<string>());
    }
}
