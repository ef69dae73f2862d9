using System.Globalization;
using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Kernel;
using SQLitePCL;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Copies the database while it is in use.</summary>
internal static class SqliteBackup
{
    private static readonly (string Table, string What)[] Told =
    [
        ("Licenses", "licenses"), ("Customers", "customers"), ("AspNetUsers", "portal users"), ("SessionHistory", "sessions in the history"), ("AuditEntries", "audit entries"),
    ];

    /// <summary>Writes a copy of one moment's state to a temporary file, checks it, and renames it to <paramref name="path"/>.</summary>
    /// <param name="path">Absolute; must not exist.</param>
    /// <exception cref="StartException">It cannot be written. No file is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, even in the middle of the copy. No file is left behind.</exception>
    public static async Task<BackupContents> WriteAsync(SqliteDatabase database, string path, CancellationToken cancel)
    {
        if (Path.Exists(path)) throw new StartException($"{path} is there already; choose another name, or move it away first.");
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new StartException($"The folder {Path.GetDirectoryName(path)} does not exist; create it first.");

        var unfinished = $"{path}.{Path.GetRandomFileName()}.unfinished";
        try
        {
            // The copy contains password hashes and customers.
            PrivateFile.Create(unfinished).Dispose();
            await CopyAsync(database, unfinished, cancel);
            var contents = await CheckAsync(unfinished, cancel);
            cancel.ThrowIfCancellationRequested();
            File.Move(unfinished, path, overwrite: false);
            return contents;
        }
        catch (SqliteException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The backup {path} could not be written: {failure.Message}");
        }
        finally
        {
            Remove(unfinished);
        }
    }

    private static async Task CopyAsync(SqliteDatabase database, string path, CancellationToken cancel)
    {
        await using (var connection = database.OpenConnection())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", path);
            await using var stopping = InterruptBy(connection, cancel);
            await command.ExecuteNonQueryAsync(cancel);
        }

        cancel.ThrowIfCancellationRequested();
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Checks that a file is an undamaged database, and reads what it contains of the portal's data.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    /// <exception cref="SqliteException">It is not a database.</exception>
    public static async Task<BackupContents> CheckAsync(string path, CancellationToken cancel)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync(cancel);
        await using var stopping = InterruptBy(connection, cancel);
        if (await ScalarAsync("PRAGMA integrity_check") is not "ok") throw new IOException("the copy is damaged. Check the disk, and the database with PRAGMA integrity_check.");

        var rows = new List<(string, long)>();
        foreach (var (table, what) in Told)
        {
            if (await HasAsync(table))
                rows.Add((what, (long)(await ScalarAsync($"SELECT count(*) FROM \"{table}\""))!));
        }

        // The names of migrations contain no comma.
        var migrations = await HasAsync("__EFMigrationsHistory") ? await ScalarAsync("SELECT group_concat(\"MigrationId\") FROM \"__EFMigrationsHistory\"") as string : null;
        var newest = await HasAsync("SessionEvents") && await ScalarAsync("SELECT max(\"At\") FROM \"SessionEvents\"") is string at
            ? DateTime.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : (DateTime?)null;
        return new BackupContents(new FileInfo(path).Length, rows, migrations?.Split(',') ?? [], newest);

        async Task<bool> HasAsync(string table) => await ScalarAsync($"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") is 1L;

        async Task<object?> ScalarAsync(string sql)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names of tables are constants of this class.
            command.CommandText = sql;
#pragma warning restore CA2100
            return await command.ExecuteScalarAsync(cancel);
        }
    }

    // SQLite itself does not see the token, and one statement may take minutes.
    private static CancellationTokenRegistration InterruptBy(SqliteConnection connection, CancellationToken cancel) =>
        cancel.Register(() => raw.sqlite3_interrupt(connection.Handle));

    private static void Remove(string path)
    {
        foreach (var file in (string[])[path, path + "-journal"])
            if (File.Exists(file)) File.Delete(file);
    }
}
