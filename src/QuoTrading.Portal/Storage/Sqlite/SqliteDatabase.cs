using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>The database file: where it is, and how a connection to it is opened.</summary>
public sealed class SqliteDatabase : IStoreEngine, IDatabaseFile
{
    /// <summary>Seconds that a server waits for a lock. Short, because clients wait during this time.</summary>
    public const int ServerBusySeconds = 5;

    /// <summary>
    /// Seconds that a command waits. Long, because a busy server releases the lock only for moments, and only the operator waits.
    /// </summary>
    public const int CommandBusySeconds = 60;

    private const int BusyMilliseconds = 250;

    private readonly string connectionString;
    private readonly string ownConnectionString;
    private readonly string pragmas;
    private readonly PragmaInterceptor interceptor;
    private readonly DbContextOptions<PortalDbContext> unitOptions =
        new DbContextOptionsBuilder<PortalDbContext>().UseApplicationServiceProvider(PortalDbContext.SchemaServices).AddInterceptors(SqliteQueryHints.One).Options;

    /// <param name="connectionString">
    /// As configured; a relative path starts at <paramref name="root"/>. Null: portal.db in the data directory.
    /// </param>
    /// <param name="dataDirectory">Absolute.</param>
    /// <param name="busySeconds">How long to wait for a lock of another process, unless the connection string sets it.</param>
    /// <exception cref="StartException">The connection string cannot be read, or names no file. The message says what to write.</exception>
    public SqliteDatabase(string? connectionString, string root, string dataDirectory, int busySeconds = ServerBusySeconds)
    {
        var builder = Parse(connectionString ?? $"Data Source={Path.Combine(dataDirectory, "portal.db")}");
        FilePath = ResolveLinks(Path.GetFullPath(builder.DataSource, root));
        DataDirectory = dataDirectory;
        builder.DataSource = FilePath;
        builder.Cache = SqliteCacheMode.Private;

        // SQLite waits for a lock until busy_timeout, and the driver then retries until its own timeout. The driver's default of 30 s
        // would make all callers wait that long for a locked file. And busy_timeout must be the smaller of the two: if both are equal,
        // SQLite stops waiting just before the driver's timeout, and the driver's retry waits the full time once more.
        if (!builder.ShouldSerialize("Default Timeout")) builder.DefaultTimeout = busySeconds;

        // FULL: when a commit returns, it is on the disk and survives a power failure. With NORMAL it would not.
        pragmas = $"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        interceptor = new PragmaInterceptor(this);
        this.connectionString = builder.ToString();

        // A connection that was closed after an I/O error must not come back from a pool.
        builder.Pooling = false;
        ownConnectionString = builder.ToString();
    }

    /// <summary>Absolute.</summary>
    public string FilePath { get; }

    /// <summary>Absolute.</summary>
    public string DataDirectory { get; }

    public bool Exists => File.Exists(FilePath);

    /// <inheritdoc/>
    public string Engine { get; } = $"SQLite {new SqliteConnection().ServerVersion}";

    /// <inheritdoc/>
    public string KeyRing => StorageSetup.KeyRingFolder(DataDirectory);

    /// <inheritdoc/>
    public long FileBytes => LengthOf(FilePath);

    /// <inheritdoc/>
    public long LogBytes => LengthOf(FilePath + "-wal");

    /// <summary>Opens a connection that is not pooled and has the pragmas set. The caller disposes it.</summary>
    public SqliteConnection OpenConnection() => Open(pragmas);

    /// <summary>
    /// The writer's connection, with its statements. Its page cache holds the rows of the live sessions, so that a flush does not read them
    /// from the file again. Checkpoints are rarer than by default, so that not every flush causes one.
    /// </summary>
    StatementCache IStoreEngine.OpenWriter()
    {
        var connection = Open(pragmas + " PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;");
        return new StatementCache(connection, sql => new SqliteStatement(connection, sql));
    }

    /// <summary>Sets the options of contexts that open their own connections.</summary>
    public void Configure(DbContextOptionsBuilder options) => options
        .UseSqlite(connectionString)
        .AddInterceptors(interceptor, SqliteQueryHints.One)
        .ConfigureWarnings(warnings => warnings.Ignore(
            RelationalEventId.AmbientTransactionWarning,
            // Counts stop at a limit; which rows were counted does not matter.
            CoreEventId.RowLimitingOperationWithoutOrderByWarning));

    /// <summary>Creates a context on the caller's connection and inside the caller's transaction.</summary>
    public PortalDbContext CreateContext(DbConnection connection, DbTransaction transaction)
    {
        var context = new PortalDbContext(new DbContextOptionsBuilder<PortalDbContext>(unitOptions).UseSqlite(connection).Options);
        context.Database.UseTransaction(transaction);
        return context;
    }

    long IStoreEngine.ReadVersion(WriteUnit unit) => unit.ExecuteScalar("PRAGMA data_version");

    long IStoreEngine.ReadMark(WriteUnit unit) => unit.ExecuteScalar("PRAGMA user_version");

    void IStoreEngine.WriteMark(WriteUnit unit, int mark) => unit.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {mark}"));

    Task<BackupContents> IDatabaseFile.BackUpAsync(string path, CancellationToken cancel) => SqliteBackup.WriteAsync(this, path, cancel);

    Task<BackupContents> IDatabaseFile.CheckBackupAsync(string path, CancellationToken cancel) => SqliteBackup.CheckAsync(path, cancel);

    IDisposable IDatabaseFile.KeepServersOut(TimeProvider time) => ServerLock.Acquire(this, time);

    /// <inheritdoc/>
    public bool IsUnavailable(Exception failure) => SqliteErrors.IsUnavailable(failure);

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    // Resolves links, so that a file has only one name: the server lock is beside the file itself, not beside a link to it.
    private static string ResolveLinks(string path)
    {
        var file = Resolve(new FileInfo(path));
        return Path.Combine(Resolve(new DirectoryInfo(Path.GetDirectoryName(file)!)), Path.GetFileName(file));
    }

    // A file that does not exist yet has no link target.
    private static string Resolve(FileSystemInfo entry) =>
        entry.LinkTarget is null ? entry.FullName : entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? entry.FullName;

    /// <summary>The error of a connection string, as a sentence for the operator; empty if it is valid.</summary>
    internal static IEnumerable<string> Check(string? connectionString)
    {
        try
        {
            if (connectionString is not null) Parse(connectionString);
            return [];
        }
        catch (StartException wrong)
        {
            return [wrong.Message];
        }
    }

    private static SqliteConnectionStringBuilder Parse(string text)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(text);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new StartException("ConnectionStrings:Portal cannot be read. It should look like \"Data Source=/path/to/portal.db\".");
        }

        if (builder.DataSource is "" or ":memory:" || builder.Mode == SqliteOpenMode.Memory)
            throw new StartException("ConnectionStrings:Portal names no file. It should look like \"Data Source=/path/to/portal.db\".");
        return builder;
    }

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(ownConnectionString);
        try
        {
            connection.Open();
            Apply(settings, connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Apply(string settings, DbConnection connection)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The only things in it that are not constants are numbers.
        command.CommandText = settings;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private sealed class PragmaInterceptor(SqliteDatabase database) : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(database.pragmas, connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Apply(database.pragmas, connection);
            return Task.CompletedTask;
        }
    }
}
