using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>What an administrator has decided outlives the history of the session that he decided about.</summary>
public sealed class MarkRetentionTests
{
    [Fact]
    public async Task Who_was_logged_out_or_kept_out_stays_so_though_retention_has_deleted_his_session_and_the_server_was_restarted()
    {
        var first = await PortalServer.StartAsync();
        var (loggedOut, keptOut) = (await first.CreateKeyAsync(), await first.CreateKeyAsync());
        await LogOutAsync(first, loggedOut, keepOut: null);
        await LogOutAsync(first, keptOut, TimeSpan.FromDays(10));

        first.Time.Advance(TimeSpan.FromDays(3));
        // The service clock goes on by 2 s a tick, and a session that may still resume keeps its row.
        await first.PassAsync(20 * 60);
        var pruner = first.Services.GetRequiredService<HistoryPruner>();
        pruner.Pause = TimeSpan.Zero;
        await pruner.PruneAsync(1, CancellationToken.None);
        await using (var db = await first.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync())
            Assert.Equal(0, await db.SessionHistory.CountAsync());

        await using var second = await PortalServer.StartAsync(folder: await first.StopAsync(), time: first.Time);
        var beat = await second.PostAsync("/api/heartbeat", new { license_key = loggedOut, device_fingerprint = "A" });
        Assert.Equal((403, "forced_logout"), (beat.Status, beat.Get("code")));
        Assert.Equal(200, (await second.PostAsync("/api/main", new { license_key = loggedOut, device_fingerprint = "A" })).Status);
        var login = await second.PostAsync("/api/main", new { license_key = keptOut, device_fingerprint = "A" });
        Assert.Equal((403, "kept_out"), (login.Status, login.Get("code")));
        Assert.Equal(200, (await second.PostAsync("/api/main", new { license_key = keptOut, device_fingerprint = "B" })).Status);
    }

    private static async Task LogOutAsync(PortalServer portal, string key, TimeSpan? keepOut)
    {
        var login = await portal.PostAsync("/api/main", new { license_key = key, device_fingerprint = "A" });
        await portal.Service.LogOutAsync(PortalServer.Admin, [Guid.Parse(login.Get("session_id")!)], "fault", keepOut);
    }
}
