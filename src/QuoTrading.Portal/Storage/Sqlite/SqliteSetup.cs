using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Creates, migrates and checks the database. Only a server creates or migrates it, while it holds the server lock.</summary>
internal static class SqliteSetup
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <exception cref="StartException">It cannot be created, read or migrated.</exception>
    public static async Task PrepareAsync(SqliteDatabase database, PortalDbContext context)
    {
        try
        {
            await using (var connection = database.OpenConnection()) EnableWriteAheadLog(connection);

            await RefuseNewerAsync(database, context);
            if (!(await context.Database.GetPendingMigrationsAsync()).Any()) return;
            await DropLeftMigrationLockAsync(context);
            using var limit = new CancellationTokenSource(Limit);
            await context.Database.MigrateAsync(limit.Token);
        }
        catch (Exception failure) when (failure is SqliteException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The database {database.FilePath} cannot be opened or migrated: {failure.Message}");
        }
    }

    /// <summary>For the command line: checks that the database has the schema of this version of the portal.</summary>
    /// <exception cref="StartException">It has another schema, or cannot be read.</exception>
    public static async Task CheckAsync(SqliteDatabase database, PortalDbContext context)
    {
        try
        {
            await RefuseNewerAsync(database, context);
            if ((await context.Database.GetPendingMigrationsAsync()).Any())
                throw new StartException($"The database {database.FilePath} is that of an older version of the portal. Start the server of this version once; it brings it up to date.");
        }
        catch (SqliteException failure)
        {
            throw new StartException($"The database {database.FilePath} cannot be read: {failure.Message}");
        }
    }

    private static async Task RefuseNewerAsync(SqliteDatabase database, PortalDbContext context)
    {
        var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
        var applied = await context.Database.GetAppliedMigrationsAsync();
        if (applied.FirstOrDefault(name => !known.Contains(name)) is { } newer)
            throw new StartException($"The database {database.FilePath} was made by a newer version of the portal ({newer}). Run that version, or restore a backup.");
    }

    private static void EnableWriteAheadLog(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        if (command.ExecuteScalar() is not "wal")
            throw new StartException($"{connection.DataSource} does not allow a write-ahead log. Put the database on a local disk, not on a network share.");
    }

    // A server that was killed during a migration leaves a row that the next migration would wait for without end. It is safe to delete
    // it: the server lock is held, so no other server is migrating.
    private static async Task DropLeftMigrationLockAsync(PortalDbContext context)
    {
        var there = await context.Database
            .SqlQuery<int>($"SELECT count(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync();
        if (there > 0) await context.Database.ExecuteSqlAsync($"DELETE FROM __EFMigrationsLock");
    }
}
