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
    /// <summary>How long a server waits for a lock: clients wait with it.</summary>
    public const int ServerBusySeconds = 5;

    /// <summary>How long a command waits: a busy server leaves the lock for moments only, and nobody but the operator waits with it.</summary>
    public const int CommandBusySeconds = 60;

    private const int BusyMilliseconds = 250;

    private readonly string connectionString;
    private readonly string ownConnectionString;
    private readonly string pragmas;
    private readonly PragmaInterceptor interceptor;
    private readonly DbContextOptions<PortalDbContext> unitOptions =
        new DbContextOptionsBuilder<PortalDbContext>().UseApplicationServiceProvider(PortalDbContext.SchemaServices).AddInterceptors(SqliteQueryHints.One).Options;

    /// <param name="connectionString">As configured; a relative file counts from <paramref name="root"/>. Null: portal.db in the data directory.</param>
    /// <param name="dataDirectory">Absolute.</param>
    /// <param name="busySeconds">How long to wait for a lock of another process where the connection string does not say.</param>
    /// <exception cref="StartException">The connection string cannot be read, or names no file. The message says what to write.</exception>
    public SqliteDatabase(string? connectionString, string root, string dataDirectory, int busySeconds = ServerBusySeconds)
    {
        var builder = Parse(connectionString ?? $"Data Source={Path.Combine(dataDirectory, "portal.db")}");
        FilePath = ResolveLinks(Path.GetFullPath(builder.DataSource, root));
        DataDirectory = dataDirectory;
        builder.DataSource = FilePath;
        builder.Cache = SqliteCacheMode.Private;

        // SQLite waits for a lock by busy_timeout, and then the driver tries again until its own timeout, half a minute where
        // nothing is said: a locked file would hold up everybody for that half minute. And SQLite's share must be the small one: with
        // the same number for both, SQLite gives up a hair before the driver's time is over, and waits all of it once more.
        if (!builder.ShouldSerialize("Default Timeout")) builder.DefaultTimeout = busySeconds;

        // FULL: a commit is on the disk when it returns, power off included. NORMAL would not be.
        pragmas = $"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        interceptor = new PragmaInterceptor(this);
        this.connectionString = builder.ToString();

        // Whoever gives up a connection after an I/O error must not get the same one back from a pool.
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

    /// <summary>Opens a connection of its own, with this product's promises set on it. The caller disposes it.</summary>
    public SqliteConnection OpenConnection() => Open(pragmas);

    /// <summary>
    /// The writer's connection, with its statements. Its cache holds the rows of the live sessions, or each flush would read them again from the file; and a
    /// checkpoint comes when a page was worth writing back, not after every flush.
    /// </summary>
    StatementCache IStoreEngine.OpenWriter()
    {
        var connection = Open(pragmas + " PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;");
        return new StatementCache(connection, sql => new SqliteStatement(connection, sql));
    }

    /// <summary>Options for contexts that open their own connections.</summary>
    public void Configure(DbContextOptionsBuilder options) => options
        .UseSqlite(connectionString)
        .AddInterceptors(interceptor, SqliteQueryHints.One)
        .ConfigureWarnings(warnings => warnings.Ignore(
            RelationalEventId.AmbientTransactionWarning,
            // Counting stops at a limit; which rows it counted does not matter.
            CoreEventId.RowLimitingOperationWithoutOrderByWarning));

    /// <summary>A context on a connection and inside a transaction that are the caller's.</summary>
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

    // One file has one name here: the lock against a second server stands beside the file itself, not beside a link to it.
    private static string ResolveLinks(string path)
    {
        var file = Resolve(new FileInfo(path));
        return Path.Combine(Resolve(new DirectoryInfo(Path.GetDirectoryName(file)!)), Path.GetFileName(file));
    }

    // What is not there yet is no link.
    private static string Resolve(FileSystemInfo entry) =>
        entry.LinkTarget is null ? entry.FullName : entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? entry.FullName;

    /// <summary>What is wrong with a connection string, in a sentence for the operator.</summary>
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
