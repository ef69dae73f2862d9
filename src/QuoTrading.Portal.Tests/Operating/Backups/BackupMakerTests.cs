using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Backups;

/// <summary>A copy of a database of some size, while the portal is in use.</summary>
public sealed class BackupMakerTests : IAsyncLifetime
{
    // On a busy machine a copy may be done before anybody else had a turn.
    private const int Attempts = 10;

    private PortalServer portal = null!;

    private BackupMaker Maker => portal.Services.GetRequiredService<BackupMaker>();

    private BackupFolder Folder => portal.Services.GetRequiredService<BackupFolder>();

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync();
        await portal.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            unit.Execute("""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                INSERT INTO "SessionEvents" ("At", "LastAt", "Count", "Kind", "Detail") SELECT '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'LoggedIn', printf('%0500d', i) FROM n
                """);
            return Task.CompletedTask;
        });
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Clients_log_in_while_a_copy_is_made_and_the_copy_is_as_of_one_moment()
    {
        var key = await portal.CreateKeyAsync(seats: 1000);
        var meanwhile = 0;
        BackupContents copied = null!;
        for (var attempt = 0; attempt < Attempts && meanwhile == 0; attempt++)
        {
            var copying = Maker.MakeAsync(Folder.NewDownload(), CancellationToken.None);
            for (var device = 0; !copying.IsCompleted; device++)
            {
                Assert.IsType<Outcome.Holds>((await portal.Registry.LogInAsync(new ClientMessage(KeyHash.Of(key), $"device-{device % 1000}", "192.0.2.1"))).Outcome);
                if (Maker.Running is { Bytes: > 0 }) meanwhile++;
            }

            copied = await copying;
        }

        Assert.True(meanwhile > 0, "Nobody got a turn before the copy was done.");
        Assert.True(copied.Bytes > 50_000_000);
        Assert.Null(Maker.Running);
        Assert.Equal(1, copied.Rows.Single(table => table.What == "licenses").Count);
    }

    [Fact]
    public async Task One_that_is_stopped_half_way_leaves_nothing_and_the_next_is_made()
    {
        var stopped = false;
        for (var attempt = 0; attempt < Attempts && !stopped; attempt++)
        {
            using var stop = new CancellationTokenSource();
            var path = Folder.NewDownload();
            var copying = Maker.MakeAsync(path, stop.Token);
            while (Maker.Running is not { Bytes: > 0 } && !copying.IsCompleted) await Task.Yield();
            await stop.CancelAsync();
            try
            {
                await copying;
                File.Delete(path);
            }
            catch (OperationCanceledException)
            {
                stopped = true;
            }

            Assert.Empty(Directory.EnumerateFiles(Folder.FolderPath));
        }

        Assert.True(stopped, "It was always done before it could be stopped.");
        await Maker.MakeAsync(Folder.NewDownload(), CancellationToken.None);
        Assert.Single(Directory.EnumerateFiles(Folder.FolderPath));
    }

    [Fact]
    public async Task Two_that_are_wanted_at_once_are_made_one_after_the_other()
    {
        var copies = await Task.WhenAll(Maker.MakeAsync(Folder.NewDownload(), CancellationToken.None), Maker.MakeAsync(Folder.NewDownload(), CancellationToken.None));
        Assert.Equal(copies[0].Bytes, copies[1].Bytes);
    }
}
