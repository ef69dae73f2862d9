using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Storage;

public sealed class SqliteBackupTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private string Target => Path.Combine(database.Folder, "backup.db");

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.Writer.RunAsync(unit =>
        {
            unit.Db.Customers.Add(new Customer { Email = "a@example.com", CreatedAt = database.Time.Now.UtcDateTime });
            return Task.CompletedTask;
        });
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_backup_taken_while_a_unit_is_open_is_whole_and_holds_what_was_committed()
    {
        var contents = await database.Writer.RunAsync(async unit =>
        {
            unit.Execute("DELETE FROM \"Customers\"");
            return await SqliteBackup.WriteAsync(database.Database, Target, CancellationToken.None);
        });

        Assert.Contains(("customers", 1L), contents.Rows);
        await using var copy = new SqliteConnection($"Data Source={Target};Pooling=False");
        await copy.OpenAsync();
        Assert.Equal("ok", await ScalarAsync(copy, "PRAGMA integrity_check"));
        Assert.Equal("a@example.com", await ScalarAsync(copy, "SELECT \"Email\" FROM \"Customers\""));
        Assert.Equal([Target], Directory.GetFiles(database.Folder, "backup*"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public async Task A_file_that_is_there_is_never_overwritten()
    {
        await File.WriteAllTextAsync(Target, "mine");
        var refusal = await Assert.ThrowsAsync<StartException>(() => SqliteBackup.WriteAsync(database.Database, Target, CancellationToken.None));
        Assert.Contains(Target, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_named()
    {
        var refusal = await Assert.ThrowsAsync<StartException>(() =>
            SqliteBackup.WriteAsync(database.Database, Path.Combine(database.Folder, "no", "backup.db"), CancellationToken.None));
        Assert.Contains("create it first", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<object?> ScalarAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
