using Microsoft.Extensions.Configuration;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Online;

/// <summary>The passes of the monitor's loop, which does not run here.</summary>
public sealed class OnlineMonitorTests
{
    [Fact]
    public async Task A_watcher_is_called_also_where_a_reader_renewed_the_snapshot_before()
    {
        await using var database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddSessions(new ConfigurationBuilder().Build()));
        var sweeper = database.Get<SessionSweeper>();
        await sweeper.StartAsync();
        var running = Task.Run(database.Get<CommitLoop>().RunAsync);
        var issued = Assert.IsType<IssueOutcome.Issued>(await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Days(30))));
        var monitor = database.Get<OnlineMonitor>();
        using var called = new SemaphoreSlim(0);
        using var watching = monitor.Subscribe("test", () => called.Release());

        await database.Get<SessionRegistry>().LogInAsync(new ClientMessage(KeyHash.Of(issued.Licenses[0].Key), "device", "127.0.0.1"));
        Assert.Single(monitor.Renew().Rows);
        monitor.RenewAndTell();
        Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(20)));
        monitor.RenewAndTell();
        Assert.False(await called.WaitAsync(TimeSpan.Zero));

        await sweeper.StopAsync(running);
    }
}
