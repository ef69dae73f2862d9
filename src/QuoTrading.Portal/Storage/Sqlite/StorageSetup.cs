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
    /// <summary>The database, the writer and the key ring, as the configuration places them; and the settings that belong to no other room.</summary>
    /// <param name="isCommand">For the command line, which waits longer for a lock of another process.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration, string contentRoot, bool isCommand = false)
    {
        var busySeconds = isCommand ? SqliteDatabase.CommandBusySeconds : SqliteDatabase.ServerBusySeconds;
        var connection = configuration.GetConnectionString("Portal");
        services.AddSettings<PortalOptions>(configuration)
            .PostConfigure(options => options.KnownProxies = PortalOptions.ReadProxies(configuration))
            .Refuse([.. KnownSettings.Check(configuration), .. SqliteDatabase.Check(connection)]);

        // The first that starts is the last that stops.
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

    /// <summary>For the server: takes the lock, then creates or migrates the database.</summary>
    /// <returns>The lock; the server holds it until it has stopped. Releasing it twice is harmless.</returns>
    /// <exception cref="StartException">Another server runs on it, or it cannot be opened.</exception>
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

    /// <summary>For the command line: the database must be as this version of the portal knows it.</summary>
    /// <exception cref="StartException">It is not, or cannot be read.</exception>
    public static async Task CheckStorageAsync(this IServiceProvider services)
    {
        await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        await SqliteSetup.CheckAsync(services.GetRequiredService<SqliteDatabase>(), context);
    }

    /// <summary>Closes the connections that wait for their next use, so that the files can be deleted.</summary>
    internal static void CloseIdleConnections() => SqliteConnection.ClearAllPools();

    /// <summary>Where the key ring lies that encrypts license keys and sign-ins.</summary>
    internal static string KeyRingFolder(string dataDirectory) => Path.Combine(dataDirectory, "keys");

    // The database holds password hashes and who uses what: nobody else's to read, whatever the umask. SQLite gives its other
    // files the same mode, and takes an empty file for a new database.
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

    // Made now, so that a command beside the server finds the same ring; and a ring that cannot be written stops the start, not the first sign-in.
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
