using System.IO.Compression;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Backups;

/// <summary>The copy that an administrator takes home.</summary>
public sealed class BackupExportTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private PortalServer portal = null!;

    private string Folder => portal.Services.GetRequiredService<BackupFolder>().FolderPath;

    public async ValueTask InitializeAsync() => portal = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Without_the_key_ring_it_is_the_database_whole_and_the_audit_log_knows()
    {
        await portal.CreateKeyAsync();
        using var browser = await SignInAsync(PortalRole.Administrator);
        using var answer = await browser.SendAsync("/system/backup", ("key_ring", "without"));
        Assert.Equal((HttpStatusCode.OK, "attachment; filename=\"portal-2026-01-01-1200.db\""), (answer.StatusCode, answer.Content.Headers.ContentDisposition!.ToString()));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(answer.Content.Headers.ContentLength, bytes.Length);

        var file = Path.Combine(portal.Folder, "taken.db");
        await File.WriteAllBytesAsync(file, bytes);
        await using (var copy = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await copy.OpenAsync();
            await using var command = copy.CreateCommand();
            command.CommandText = "SELECT group_concat(integrity_check) || (SELECT count(*) FROM \"Licenses\") FROM pragma_integrity_check";
            Assert.Equal("ok1", await command.ExecuteScalarAsync());
        }

        await UntilEmptyAsync();
        var audited = Assert.Single(await AuditAsync());
        Assert.Equal(("administrator@example.com", "portal-2026-01-01-1200.db", """{"key_ring":"not included"}"""), (audited.Actor, audited.Target, audited.After));
    }

    [Fact]
    public async Task With_the_key_ring_it_is_a_zip_of_both()
    {
        using var browser = await SignInAsync(PortalRole.Administrator);
        using var answer = await browser.SendAsync("/system/backup", ("key_ring", "with"));
        Assert.Equal("attachment; filename=\"portal-2026-01-01-1200-with-keys.zip\"", answer.Content.Headers.ContentDisposition!.ToString());
        await using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        var keys = Directory.EnumerateFiles(Path.Combine(portal.Folder, "keys")).Select(key => "keys/" + Path.GetFileName(key));
        Assert.Equal(keys.Append("portal.db").Order(), zip.Entries.Select(entry => entry.FullName).Order());
        Assert.All(zip.Entries, entry => Assert.Equal("600", Convert.ToString((entry.ExternalAttributes >> 16) & 0x1FF, 8)));
        Assert.Equal("""{"key_ring":"included"}""", Assert.Single(await AuditAsync()).After);
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task It_is_for_administrators_who_asked_for_it_on_a_page_of_ours_and_said_what_is_to_be_in_it()
    {
        using (var stranger = new Browser(portal.Address))
        using (var answer = await stranger.PostAsync("/system/backup", KeyValuePair.Create("key_ring", "without")))
            Assert.StartsWith("/sign-in", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        using (var support = await SignInAsync(PortalRole.Support))
        using (var answer = await support.SendAsync("/system/backup", ("key_ring", "without")))
            Assert.Equal("/no-access", answer.Headers.Location!.AbsolutePath);

        using var browser = await SignInAsync(PortalRole.Administrator);
        using (var forged = await browser.PostAsync("/system/backup", KeyValuePair.Create("key_ring", "with"))) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var unsaid = await browser.SendAsync("/system/backup")) Assert.Equal(HttpStatusCode.BadRequest, unsaid.StatusCode);
        Assert.Empty(await AuditAsync());
    }

    [Theory]
    [InlineData("with")]
    [InlineData("without")]
    public async Task Whoever_leaves_half_way_leaves_no_copy_behind(string keyRing)
    {
        await portal.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            unit.Execute("""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
                INSERT INTO "SessionEvents" ("At", "LastAt", "Count", "Kind", "Detail") SELECT '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'LoggedIn', hex(randomblob(250)) FROM n
                """);
            return Task.CompletedTask;
        });
        using var browser = await SignInAsync(PortalRole.Administrator);
        using (var leaving = await browser.SendAsync("/system/backup", ("key_ring", keyRing)))
        {
            await using var body = await leaving.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100_000]);
        }

        await UntilEmptyAsync();
    }

    [Fact]
    public async Task Where_it_cannot_be_made_the_page_says_why()
    {
        portal.Services.GetRequiredService<HealthOptions>().MinimumFreeMegabytes = 1_000_000_000;
        using var browser = await SignInAsync(PortalRole.Administrator);
        using var answer = await browser.SendAsync("/system/backup", ("key_ring", "without"));
        Assert.Equal((HttpStatusCode.Redirect, "/system?backup=failed"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Contains("MB are free", portal.Services.GetRequiredService<BackupService>().LastRefusal!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_desk_itself_asks_for_the_role()
    {
        var support = PortalServer.Admin with { Role = PortalRole.Support };
        await Assert.ThrowsAsync<ForbiddenException>(() => portal.Services.GetRequiredService<BackupService>().PrepareAsync(support, withKeyRing: false));
    }

    // The server notices a moment later that its reader has left.
    private Task UntilEmptyAsync() => Until.TrueAsync(() => !Directory.EnumerateFiles(Folder).Any(), "the folder is empty");

    private async Task<List<AuditEntry>> AuditAsync()
    {
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await db.AuditEntries.Where(entry => entry.Action == "backup.download").ToListAsync();
    }

    private async Task<Browser> SignInAsync(PortalRole role)
    {
        var email = $"{role.ToString().ToLowerInvariant()}@example.com";
        await using (var scope = portal.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, email, Password, role));
        var browser = new Browser(portal.Address);
        using var answer = await browser.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }
}
