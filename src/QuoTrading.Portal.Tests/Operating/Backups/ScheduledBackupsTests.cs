using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Backups;

/// <summary>A server that makes its backups by itself, keeps as many as it was told, and says when it cannot. Noon of the first of January.</summary>
public sealed class ScheduledBackupsTests : IAsyncLifetime
{
    private PortalServer portal = null!;

    public async ValueTask InitializeAsync() => portal = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    private string Folder => Path.Combine(portal.Folder, "backups");

    private ScheduledBackups Backups => portal.Services.GetRequiredService<ScheduledBackups>();

    [Fact]
    public async Task A_running_server_makes_the_first_one_within_minutes_of_its_start()
    {
        await using var server = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Backups:Enabled"] = "true", ["Portal:Backups:Directory"] = "copies" });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var folder = server.Services.GetRequiredService<BackupFolder>();
        Assert.Equal(Path.Combine(server.Folder, "copies"), folder.FolderPath);
        while (folder.List().Count == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            server.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task One_is_made_when_it_is_due_and_no_sooner_and_one_that_was_missed_is_made_up_for()
    {
        await portal.CreateKeyAsync();
        await Backups.RunOnceAsync();
        await Backups.RunOnceAsync();
        Assert.Equal(["portal-20260101-120000.db"], Names());
        Assert.Equal((1L, "ok"), (await ScalarAsync(Names()[0], "SELECT count(*) FROM \"Licenses\""), await ScalarAsync(Names()[0], "PRAGMA integrity_check")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, Names()[0])));

        portal.Time.Advance(TimeSpan.FromHours(14.9));
        await Backups.RunOnceAsync();
        Assert.Single(Names());
        portal.Time.Advance(TimeSpan.FromHours(0.1));
        await Backups.RunOnceAsync();
        Assert.Equal("portal-20260102-030000.db", Names()[^1]);

        portal.Time.Advance(TimeSpan.FromHours(50));
        await Backups.RunOnceAsync();
        Assert.Equal("portal-20260104-050000.db", Names()[^1]);
    }

    [Fact]
    public async Task Old_ones_go_but_never_the_newest_three_and_nothing_that_somebody_put_beside_them()
    {
        Directory.CreateDirectory(Folder);
        string[] others = ["portal-20200101-000000.db.keep", "portal-2020-01-01.db", "before-upgrade.db", "portal-20209901-000000.db", "notes.txt"];
        foreach (var name in others.Concat(["portal-20251201-030000.db", "portal-20251202-030000.db", "portal-20251230-030000.db"])) await File.WriteAllTextAsync(Path.Combine(Folder, name), "old");

        await Backups.RunOnceAsync();
        Assert.Equal(others.Concat(["portal-20251202-030000.db", "portal-20251230-030000.db", "portal-20260101-120000.db"]).Order(), Names().Order());
    }

    [Fact]
    public async Task While_the_clock_is_in_doubt_nothing_is_thrown_away()
    {
        Directory.CreateDirectory(Folder);
        foreach (var day in Enumerable.Range(25, 6)) await File.WriteAllTextAsync(Path.Combine(Folder, $"portal-202512{day}-030000.db"), "");
        portal.Time.Now += TimeSpan.FromDays(300);
        await Backups.RunOnceAsync();
        Assert.Equal(7, Names().Count);

        // And when it is right again: what it dated ahead is no reason to make none until then.
        portal.Time.Now -= TimeSpan.FromDays(300);
        await Backups.RunOnceAsync();
        Assert.Contains("portal-20260101-120000.db", Names());
    }

    [Fact]
    public async Task A_failure_is_a_warning_to_administrators_is_tried_again_and_never_makes_the_portal_unready()
    {
        await File.WriteAllTextAsync(Folder, "a file where the folder should be");
        await Backups.RunOnceAsync();
        Assert.Contains(Folder, Backups.Failure!.Reason, StringComparison.Ordinal);

        var monitor = portal.Services.GetRequiredService<HealthMonitor>();
        await monitor.RunOnceAsync();
        var problem = Assert.Single(monitor.Problems);
        Assert.Equal(("backups", true), (problem.Check, problem.IsWarning));
        Assert.StartsWith("The scheduled backup fails since 12:00 UTC.", problem.Text, StringComparison.Ordinal);
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative)))
            Assert.Equal((200, """{"status":"healthy","checks":{"database":"healthy","disk":"healthy","clock":"healthy"}}"""), ((int)ready.StatusCode, await ready.Content.ReadAsStringAsync()));

        File.Delete(Folder);
        portal.Time.Advance(TimeSpan.FromMinutes(14));
        await Backups.RunOnceAsync();
        Assert.NotNull(Backups.Failure);
        portal.Time.Advance(TimeSpan.FromMinutes(1));
        await Backups.RunOnceAsync();
        Assert.Null(Backups.Failure);
        Assert.Equal(["portal-20260101-121500.db"], Names());
        await monitor.RunOnceAsync();
        Assert.Empty(monitor.Problems);
    }

    [Fact]
    public async Task A_failure_is_over_once_there_is_a_copy_whoever_made_it()
    {
        await File.WriteAllTextAsync(Folder, "a file where the folder should be");
        await Backups.RunOnceAsync();
        Assert.NotNull(Backups.Failure);
        File.Delete(Folder);
        var path = portal.Services.GetRequiredService<BackupFolder>().PathOf(portal.Time.Now.UtcDateTime);
        await portal.Services.GetRequiredService<BackupMaker>().MakeAsync(path, CancellationToken.None);

        portal.Time.Advance(TimeSpan.FromMinutes(15));
        await Backups.RunOnceAsync();
        Assert.Null(Backups.Failure);
        Assert.Equal([Path.GetFileName(path)], Names());
    }

    [Fact]
    public async Task A_copy_that_would_fill_the_disk_is_not_begun()
    {
        portal.Services.GetRequiredService<HealthOptions>().MinimumFreeMegabytes = 1_000_000_000;
        await Backups.RunOnceAsync();
        Assert.Contains("1,000,000,000 MB with what must stay free", Backups.Failure!.Reason, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void What_a_killed_server_had_begun_is_cleared_away_at_the_next_start_and_nothing_else()
    {
        Directory.CreateDirectory(Folder);
        string[] left = ["portal-20260101-030000.db.ab12cd34.xyz.unfinished", "portal-20260101-030000.db.ab12cd34.xyz.unfinished-journal", $"download-{Guid.NewGuid():N}.db", $"download-{Guid.NewGuid():N}.db.ab12cd34.xyz.unfinished"];
        string[] others = ["portal-20260101-030000.db", "mine.unfinished", "download-of-the-manual.db"];
        foreach (var name in left.Concat(others)) File.WriteAllText(Path.Combine(Folder, name), "");
        portal.Services.GetRequiredService<BackupFolder>().RemoveLeftovers();
        Assert.Equal(others.Order(), Names().Order());
    }

    private List<string> Names() => Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];

    private async Task<object?> ScalarAsync(string name, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, name)};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
