using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Storage;

public static class StorageSetup
{
    /// <summary>The database, the writer and the key ring, as the configuration places them.</summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration, string contentRoot)
    {
        var options = configuration.GetSection(PortalOptions.Section).Get<PortalOptions>() ?? new();
        if (string.IsNullOrWhiteSpace(options.DataDirectory)) throw new StartException("Portal:DataDirectory is empty. Leave it out for \"data\", or name a folder.");
        var dataDirectory = Path.GetFullPath(options.DataDirectory, contentRoot);
        var database = new SqliteDatabase(configuration.GetConnectionString("Portal"), contentRoot, dataDirectory);

        // The first that starts is the last that stops.
        services.AddSingleton<ServerLockRelease>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerLockRelease>());
        services.AddSingleton(database);
        services.AddSingleton<Writer>();
        services.Configure<IdentityOptions>(PortalDbContext.ChooseSchema);
        services.AddDbContextFactory<PortalDbContext>(database.Configure);
        services.AddDataProtection()
            .SetApplicationName("QuoTrading.Portal")
            .PersistKeysToFileSystem(new DirectoryInfo(KeyRingFolder(dataDirectory)));
        return services;
    }

    /// <summary>For the server: takes the lock, then creates or migrates the database.</summary>
    /// <returns>The lock; the server holds it until it has stopped. Releasing it twice is harmless.</returns>
    /// <exception cref="StartException">Another server runs on it, or it cannot be opened.</exception>
    public static async Task<ServerLock> PrepareStorageAsync(this IServiceProvider services)
    {
        var database = services.GetRequiredService<SqliteDatabase>();
        CreateFolder(database.DataDirectory);
        CreateFolder(Path.GetDirectoryName(database.FilePath)!);
        var taken = ServerLock.Acquire(database, services.GetRequiredService<TimeProvider>());
        try
        {
            await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
            await SqliteSetup.PrepareAsync(database, context);
            services.GetRequiredService<ServerLockRelease>().Hold(taken);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Where the key ring lies that encrypts license keys and sign-ins.</summary>
    internal static string KeyRingFolder(string dataDirectory) => Path.Combine(dataDirectory, "keys");

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {path} cannot be created: {failure.Message}");
        }
    }
}
