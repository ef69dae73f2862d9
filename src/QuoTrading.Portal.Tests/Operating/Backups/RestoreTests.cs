using System.IO.Compression;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Backups;

/// <summary>docs/operating.md, Restore, as it is written there.</summary>
public sealed class RestoreTests : IDisposable
{
    private const string Password = "correct horse battery";
    private const string Owner = "owner@example.com";

    private readonly string elsewhere = Directory.CreateTempSubdirectory("portal-backup-").FullName;
    private readonly string fresh = Directory.CreateTempSubdirectory("portal-fresh-").FullName;

    public void Dispose()
    {
        TestFolder.CloseFiles();
        Directory.Delete(elsewhere, recursive: true);
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
    }

    [Fact]
    public async Task A_portal_that_is_lost_goes_on_elsewhere_with_all_it_had_and_nobody_is_logged_out_for_it()
    {
        var lost = await PortalServer.StartAsync();
        await using (var scope = lost.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, Owner, Password, PortalRole.Administrator));
        var license = await lost.CreateLicenseAsync();
        var device = new ClientDevice(lost, license.Key, Machine.Create().Fingerprint);
        var past = (await device.StartAsync()).Get("session_id");
        await device.ReleaseAsync();
        Assert.Empty(await lost.Service.ChangeSettingsAsync(PortalServer.Admin, new SessionSettingsChange(SessionTimeoutSeconds: 120)));
        await lost.PassAsync(1);
        var live = (await device.StartAsync()).Get("session_id");
        await lost.PassAsync(1);

        // Then they are no other server's.
        await lost.Services.GetRequiredService<SigningKeys>().RotateAsync(PortalServer.Admin, Rotation.Forward);
        var keys = await SignedAnswer.KeysAsync(lost);

        var backup = Path.Combine(elsewhere, "portal.zip");
        var made = await CommandProcess.RunAsync(lost.Folder, "backup", "--with-keys", backup);
        Assert.Equal((0, ""), (made.ExitCode, made.Output));
        Assert.Contains("The key ring is in it", made.Errors, StringComparison.Ordinal);
        var later = await lost.CreateKeyAsync();
        await lost.DisposeAsync();
        // Three hours until somebody is awake and there.
        lost.Time.Advance(TimeSpan.FromHours(3));

        var restored = await CommandProcess.RunAsync(fresh, "restore", backup);
        Assert.Equal((0, ""), (restored.ExitCode, restored.Output));
        Assert.Contains("1 licenses, 1 customers, 1 portal users, 2 sessions in the history", restored.Errors, StringComparison.Ordinal);
        Assert.Contains("The last thing that it knows of happened at 2026-01-01 12:00 UTC.", restored.Errors, StringComparison.Ordinal);
        Assert.Contains("The key ring fits", restored.Errors, StringComparison.Ordinal);

        await using var portal = await PortalServer.StartAsync(folder: fresh, time: lost.Time);
        // Nobody gets in for the downtime, and nobody is out for it.
        Assert.Equal(403, (await (device with { Portal = portal, Fingerprint = Machine.Create().Fingerprint }).StartAsync()).Status);
        var beat = await (device with { Portal = portal }).BeatAsync();
        Assert.Equal((200, live, "120"), (beat.Status, beat.Get("session_id"), beat.Get("session_timeout_seconds")));
        Assert.Equal(keys, await SignedAnswer.KeysAsync(portal));
        var signed = await SignedAnswer.PostAsync(portal, "/api/heartbeat", ("license_key", device.Key), ("device_fingerprint", device.Fingerprint), ("nonce", SignedAnswer.Nonce));
        Assert.True(signed.IsBelieved(keys.Take(1), "/api/heartbeat", SignedAnswer.Nonce, device.Fingerprint, device.Key));
        // What was made after the backup is gone.
        Assert.Equal("unknown_key", (await (device with { Portal = portal, Key = later }).StartAsync()).Get("code"));

        Assert.Equal(license.Key, Assert.IsType<RevealOutcome.Revealed>(await portal.Services.GetRequiredService<KeyVault>().RevealAsync(PortalServer.Admin, license.Id)).Key);
        await using (var db = await portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync())
        {
            Assert.Equal(EndReason.Released, (await db.SessionHistory.SingleAsync(r => r.SessionId == Guid.Parse(past!))).EndReason);
            Assert.Equal(["backup.restore", "license.reveal"], await db.AuditEntries.OrderBy(a => a.Id).Select(a => a.Action).Where(a => a == "backup.restore" || a == "license.reveal").ToListAsync());
        }

        using var browser = new Browser(portal.Address);
        using var signedIn = await browser.SubmitAsync("/sign-in", "sign-in", ("Email", Owner), ("Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    [Fact]
    public async Task A_scheduled_backup_without_the_key_ring_serves_clients_and_shows_keys_once_the_ring_is_there()
    {
        var lost = await PortalServer.StartAsync();
        var license = await lost.CreateLicenseAsync();
        await lost.Services.GetRequiredService<SigningKeys>().RotateAsync(PortalServer.Admin, Rotation.Forward);
        var keys = await SignedAnswer.KeysAsync(lost);
        await lost.Services.GetRequiredService<ScheduledBackups>().RunOnceAsync();
        var backup = Path.Combine(elsewhere, "portal-20260101-120000.db");
        File.Copy(Path.Combine(lost.Folder, "backups", "portal-20260101-120000.db"), backup);
        Directory.Move(Path.Combine(await lost.StopAsync(), "keys"), Path.Combine(elsewhere, "keys"));
        Directory.Delete(lost.Folder, recursive: true);

        var restored = await CommandProcess.RunAsync(fresh, "restore", backup);
        Assert.Equal(0, restored.ExitCode);
        Assert.Contains("The key ring does NOT fit", restored.Errors, StringComparison.Ordinal);
        Assert.Contains("CANNOT be read with this key ring: bots that have keys built in", restored.Errors, StringComparison.Ordinal);
        Task<SignedAnswer> AskAsync(PortalServer portal) => SignedAnswer.PostAsync(portal, "/api/main", ("license_key", license.Key), ("nonce", SignedAnswer.Nonce));

        await using (var portal = await PortalServer.StartAsync(folder: fresh, time: lost.Time))
        {
            Assert.Equal(200, (await new ClientDevice(portal, license.Key, Machine.Create().Fingerprint).StartAsync()).Status);
            Assert.IsType<RevealOutcome.Unreadable>(await portal.Services.GetRequiredService<KeyVault>().RevealAsync(PortalServer.Admin, license.Id));

            // It says so as loud as it can, and makes no other keys: those are built into bots.
            using var meter = new MeterReading(portal.Services);
            var unsigned = await AskAsync(portal);
            Assert.Equal((200, null, 1), (unsigned.Status, unsigned.Signature, meter.Sum("portal.answers.unsigned")));
            Assert.Equal(keys, await SignedAnswer.KeysAsync(portal));
            Assert.Contains(portal.Logs.Of(LogLevel.Error), line => line.Contains("The private keys that sign answers to clients cannot be read", StringComparison.Ordinal));
            var monitor = portal.Services.GetRequiredService<HealthMonitor>();
            await monitor.RunOnceAsync();
            var problem = Assert.Single(monitor.Problems, problem => problem.Check == "signing");
            Assert.True(problem.IsWarning);
            Assert.StartsWith("Answers to clients cannot be signed since 12:00 UTC.", problem.Text, StringComparison.Ordinal);
            var refused = Assert.IsType<RotationOutcome.Refused>(await portal.Services.GetRequiredService<SigningKeys>().RotateAsync(PortalServer.Admin, Rotation.Forward));
            Assert.Contains("--lost", refused.Message, StringComparison.Ordinal);
            await portal.StopAsync();
        }

        foreach (var key in Directory.EnumerateFiles(Path.Combine(elsewhere, "keys"))) File.Copy(key, Path.Combine(fresh, "keys", Path.GetFileName(key)));
        await using var again = await PortalServer.StartAsync(folder: fresh, time: lost.Time);
        Assert.IsType<RevealOutcome.Revealed>(await again.Services.GetRequiredService<KeyVault>().RevealAsync(PortalServer.Admin, license.Id));
        Assert.True((await AskAsync(again)).IsBelieved(keys.Take(1), "/api/main", SignedAnswer.Nonce, "", license.Key));
    }

    [Fact]
    public async Task Where_the_key_ring_is_lost_for_good_new_keys_are_made_only_when_that_is_said()
    {
        var portal = await PortalServer.StartAsync();
        var before = await SignedAnswer.KeysAsync(portal);
        var folder = await portal.StopAsync();
        Directory.Delete(Path.Combine(folder, "keys"), recursive: true);

        var refused = await CommandProcess.RunAsync(folder, "keys", "rotate");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("cannot be read", refused.Errors, StringComparison.Ordinal);
        var replaced = await CommandProcess.RunAsync(folder, "keys", "rotate", "--lost");
        Assert.Equal(0, replaced.ExitCode);
        var keys = replaced.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, keys.Length);
        Assert.Empty(keys.Intersect(before));

        await using var again = await PortalServer.StartAsync(folder: folder, time: portal.Time);
        Assert.Equal(keys, await SignedAnswer.KeysAsync(again));
        var key = await again.CreateKeyAsync();
        Assert.True((await SignedAnswer.PostAsync(again, "/api/main", ("license_key", key), ("nonce", SignedAnswer.Nonce))).IsBelieved(keys.Take(1), "/api/main", SignedAnswer.Nonce, "", key));
    }

    [Fact]
    public async Task What_is_there_is_replaced_only_when_that_is_said_and_then_moved_aside_with_its_log()
    {
        var old = await PortalServer.StartAsync();
        await old.CreateKeyAsync("first@example.com");
        var backup = Path.Combine(elsewhere, "first.db");
        await CommandProcess.RunAsync(old.Folder, "backup", backup);
        await old.CreateKeyAsync("second@example.com");

        var beside = await CommandProcess.RunAsync(old.Folder, "restore", "--replace", backup);
        Assert.Equal(1, beside.ExitCode);
        Assert.Contains("Another portal server is running", beside.Errors, StringComparison.Ordinal);

        var stopped = await old.StopAsync();
        // A copy: a connection of this process that closes late takes SQLite's own files with it, and nothing has these open.
        var folder = Path.Combine(elsewhere, "stopped");
        foreach (var file in Directory.EnumerateFiles(stopped, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("portal.db-", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(stopped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "portal.db-wal"), "as a killed server leaves it");
        string[] there = ["portal.db", "portal.db-wal"];
        var unsaid = await CommandProcess.RunAsync(folder, "restore", backup);
        Assert.Equal(1, unsaid.ExitCode);
        Assert.Contains("--replace", unsaid.Errors, StringComparison.Ordinal);

        var said = await CommandProcess.RunAsync(folder, "restore", "--replace", backup);
        Assert.Equal(0, said.ExitCode);
        Assert.Contains("The key ring fits", said.Errors, StringComparison.Ordinal);
        var aside = Assert.Single(Directory.EnumerateDirectories(folder, "replaced-*"));
        Assert.Contains(aside, said.Errors, StringComparison.Ordinal);
        Assert.Equal(there, Directory.EnumerateFiles(aside).Select(file => Path.GetFileName(file)).Order());
        Assert.Equal("as a killed server leaves it", await File.ReadAllTextAsync(Path.Combine(aside, "portal.db-wal")));
        Assert.Equal(["first@example.com"], await CustomersAsync(Path.Combine(folder, "portal.db")));
        Directory.Delete(stopped, recursive: true);
    }

    [Fact]
    public async Task What_is_no_backup_is_refused_before_anything_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync();
        var good = Path.Combine(elsewhere, "good.db");
        await QuoTrading.Portal.Storage.Sqlite.SqliteBackup.WriteAsync(database.Database, good, CancellationToken.None);
        var newer = Path.Combine(elsewhere, "newer.db");
        File.Copy(good, newer);
        await ExecuteAsync(newer, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231000000_Future', '99')");
        var strange = Path.Combine(elsewhere, "strange.db");
        await ExecuteAsync(strange, "CREATE TABLE t (x)");
        var torn = Path.Combine(elsewhere, "torn.db");
        await File.WriteAllBytesAsync(torn, (await File.ReadAllBytesAsync(good))[..50_000]);
        var text = Path.Combine(elsewhere, "notes.txt");
        await File.WriteAllTextAsync(text, "not this");
        var zip = Path.Combine(elsewhere, "other.zip");
        await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create)) archive.CreateEntry("readme.txt");

        foreach (var (file, why) in new[]
        {
            (newer, "newer version of the portal (29991231000000_Future)"), (strange, "no portal's database"), (torn, ""), (text, "neither a database nor a zip"),
            (zip, "zip without portal.db"), (Path.Combine(elsewhere, "missing.db"), "There is no file"),
        })
        {
            var refusal = await Assert.ThrowsAsync<StartException>(() => RestoringIn(fresh).RunAsync(file, replace: true, CancellationToken.None));
            Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
            Assert.All(Directory.EnumerateFiles(fresh), left => Assert.StartsWith("portal.db.lock", Path.GetFileName(left), StringComparison.Ordinal));
        }

        await RestoringIn(fresh).RunAsync(good, replace: false, CancellationToken.None);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(fresh, "portal.db")));

        BackupRestore RestoringIn(string folder)
        {
            using var context = database.OpenContext();
            return new BackupRestore(new QuoTrading.Portal.Storage.Sqlite.SqliteDatabase(null, folder, folder), [.. context.Database.GetMigrations()], database.Time);
        }
    }

    [Fact]
    public async Task A_zip_puts_nothing_but_keys_into_the_ring_and_leaves_those_that_are_there()
    {
        await using var database = await TestDatabase.CreateAsync();
        var ring = Path.Combine(elsewhere, "ring");
        Directory.CreateDirectory(ring);
        var (here, there) = ($"key-{Guid.NewGuid()}.xml", $"key-{Guid.NewGuid()}.xml");
        foreach (var name in new[] { here, there }) await File.WriteAllTextAsync(Path.Combine(ring, name), "from the backup");
        var backup = Path.Combine(elsewhere, "portal.zip");
        await BackupZip.MakeAsync(database.Database, backup, ring, database.Time, CancellationToken.None);
        await using (var zip = await ZipFile.OpenAsync(backup, ZipArchiveMode.Update))
            foreach (var name in new[] { "keys/../../evil.xml", "../evil.db", "keys/readme.txt" }) zip.CreateEntry(name);
        Directory.CreateDirectory(Path.Combine(fresh, "keys"));
        await File.WriteAllTextAsync(Path.Combine(fresh, "keys", here), "mine");

        await using var context = database.OpenContext();
        var restored = await new BackupRestore(new QuoTrading.Portal.Storage.Sqlite.SqliteDatabase(null, fresh, fresh), [.. context.Database.GetMigrations()], database.Time).RunAsync(backup, replace: false, CancellationToken.None);
        Assert.Equal((true, 1, true), (restored.HadKeys, restored.KeysAdded, restored.IsCurrent));
        Assert.Equal(new[] { here, there }.Order(), Directory.EnumerateFiles(Path.Combine(fresh, "keys")).Select(file => Path.GetFileName(file)).Order());
        Assert.Equal(("mine", "from the backup"), (await File.ReadAllTextAsync(Path.Combine(fresh, "keys", here)), await File.ReadAllTextAsync(Path.Combine(fresh, "keys", there))));
    }

    private static async Task<List<string>> CustomersAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"Email\" FROM \"Customers\" ORDER BY 1";
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync()) found.Add(reader.GetString(0));
        return found;
    }

    private static async Task ExecuteAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
