using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Storage.Sqlite;

public static class StorageSetup
{
    /// <summary>Registers the database, the writer and the key ring as configured, and the settings that belong to no other room.</summary>
    /// <param name="isCommand">True for the command line, which waits longer for a lock of another process.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration, string contentRoot, bool isCommand = false)
    {
        var busySeconds = isCommand ? SqliteDatabase.CommandBusySeconds : SqliteDatabase.ServerBusySeconds;
        var connection = configuration.GetConnectionString("Portal");
        services.AddSettings<PortalOptions>(configuration)
            .PostConfigure(options => options.KnownProxies = PortalOptions.ReadProxies(configuration))
            .Refuse([.. KnownSettings.Check(configuration), .. SqliteDatabase.Check(connection)]);

        // Registered first: the hosted service that starts first stops last.
        services.AddSingleton<ServerLockRelease>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerLockRelease>());
        services.AddSingleton(provider =>
            new SqliteDatabase(connection, contentRoot, Path.GetFullPath(provider.GetRequiredService<PortalOptions>().DataDirectory, contentRoot), busySeconds));
        services.AddSingleton<IStoreEngine>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IDatabaseFile>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddMetrics();
        services.AddSingleton<CommitMetrics>();
        services.AddSingleton<Writer>();
        services.AddSingleton<ISessionStore, SqliteSessionStore>();
        services.Configure<IdentityOptions>(PortalDbContext.ChooseSchema);
        services.AddDbContextFactory<PortalDbContext>((provider, options) => provider.GetRequiredService<SqliteDatabase>().Configure(options));
        services.AddDataProtection().SetApplicationName("QuoTrading.Portal");
        services.AddOptions<KeyManagementOptions>().Configure<SqliteDatabase, ILoggerFactory>((keys, database, logs) =>
            keys.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(KeyRingFolder(database.DataDirectory)), logs));
        return services;
    }

    /// <summary>For the server: takes the server lock, then creates or migrates the database.</summary>
    /// <returns>The lock; the server holds it until it has stopped. It may be disposed twice.</returns>
    /// <exception cref="StartException">Another server uses the database, or it or the key ring cannot be opened.</exception>
    public static async Task<ServerLock> PrepareStorageAsync(this IServiceProvider services)
    {
        var database = services.GetRequiredService<SqliteDatabase>();
        PrivateFile.CreateFolder(database.DataDirectory);
        PrivateFile.CreateFolder(Path.GetDirectoryName(database.FilePath)!);
        KeepPrivate(database.FilePath);
        var taken = ServerLock.Acquire(database, services.GetRequiredService<TimeProvider>());
        try
        {
            await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
            await SqliteSetup.PrepareAsync(database, context);
            CheckKeyRing(services.GetRequiredService<IDataProtectionProvider>(), database.DataDirectory);
            services.GetRequiredService<ServerLockRelease>().Hold(taken);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>For the command line: checks that the database has the schema of this version of the portal.</summary>
    /// <exception cref="StartException">It has another schema, or cannot be read.</exception>
    public static async Task CheckStorageAsync(this IServiceProvider services)
    {
        await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        await SqliteSetup.CheckAsync(services.GetRequiredService<SqliteDatabase>(), context);
    }

    /// <summary>Closes the pooled connections that are idle, so that the files can be deleted.</summary>
    internal static void CloseIdleConnections() => SqliteConnection.ClearAllPools();

    /// <summary>The folder of the key ring that encrypts license keys and sign-ins.</summary>
    internal static string KeyRingFolder(string dataDirectory) => Path.Combine(dataDirectory, "keys");

    // The database contains password hashes and customer data: no other user may read it, whatever the umask. SQLite gives its
    // other files the same mode, and treats an empty file as a new database.
    private static void KeepPrivate(string databaseFile)
    {
        if (OperatingSystem.IsWindows() || File.Exists(databaseFile)) return;
        try
        {
            PrivateFile.Create(databaseFile).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The database {databaseFile} cannot be created: {failure.Message}");
        }
    }

    // Creates the key ring at the start, so that a command that runs beside the server finds the same one, and so that a ring that cannot
    // be written stops the start, not the first sign-in.
    private static void CheckKeyRing(IDataProtectionProvider protection, string dataDirectory)
    {
        try
        {
            var protector = protection.CreateProtector("QuoTrading.Start");
            protector.Unprotect(protector.Protect("start"));
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"The key ring {KeyRingFolder(dataDirectory)} cannot be read or written (and the folder for temporary files must be writable too): {(failure.InnerException ?? failure).Message}");
        }
    }
}
