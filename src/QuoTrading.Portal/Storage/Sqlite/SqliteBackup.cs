using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Copies the database while it is in use.</summary>
internal static class SqliteBackup
{
    private static readonly (string Table, string What)[] Told =
    [
        ("Licenses", "licenses"), ("Customers", "customers"), ("AspNetUsers", "portal users"), ("SessionHistory", "sessions in the history"), ("AuditEntries", "audit entries"),
    ];

    /// <summary>Writes a copy as of one moment, checks it, and only then gives it its name.</summary>
    /// <param name="path">Absolute; must not be there.</param>
    /// <exception cref="StartException">It cannot be written. Nothing is left behind.</exception>
    public static async Task<BackupContents> WriteAsync(SqliteDatabase database, string path, CancellationToken cancel)
    {
        if (Path.Exists(path)) throw new StartException($"{path} is there already; choose another name, or move it away first.");
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new StartException($"The folder {Path.GetDirectoryName(path)} does not exist; create it first.");

        var unfinished = $"{path}.{Path.GetRandomFileName()}.unfinished";
        try
        {
            CreatePrivate(unfinished);
            await CopyAsync(database, unfinished, cancel);
            var contents = await CheckAsync(unfinished, cancel);
            File.Move(unfinished, path, overwrite: false);
            return contents;
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

    // There are password hashes and customers in it: for its owner's eyes.
    private static void CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }

    private static async Task CopyAsync(SqliteDatabase database, string path, CancellationToken cancel)
    {
        await using (var connection = database.OpenConnection())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $path";
            command.Parameters.AddWithValue("$path", path);
            await command.ExecuteNonQueryAsync(cancel);
        }

        cancel.ThrowIfCancellationRequested();
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static async Task<BackupContents> CheckAsync(string path, CancellationToken cancel)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync(cancel);
        if (await ScalarAsync("PRAGMA integrity_check") is not "ok") throw new IOException("the copy is damaged. Check the disk, and the database with PRAGMA integrity_check.");

        var rows = new List<(string, long)>();
        foreach (var (table, what) in Told)
        {
            if (await ScalarAsync($"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") is 1L)
                rows.Add((what, (long)(await ScalarAsync($"SELECT count(*) FROM \"{table}\""))!));
        }

        return new BackupContents(new FileInfo(path).Length, rows);

        async Task<object?> ScalarAsync(string sql)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names of tables are constants of this class.
            command.CommandText = sql;
#pragma warning restore CA2100
            return await command.ExecuteScalarAsync(cancel);
        }
    }

    private static void Remove(string path)
    {
        foreach (var file in (string[])[path, path + "-journal"])
            if (File.Exists(file)) File.Delete(file);
    }
}

/// <summary>What a backup holds.</summary>
/// <param name="Rows">How many of what, in the operator's words.</param>
internal sealed record BackupContents(long Bytes, IReadOnlyList<(string What, long Count)> Rows);
