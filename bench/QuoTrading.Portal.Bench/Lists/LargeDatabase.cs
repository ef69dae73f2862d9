using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>A database file with the product's own services on it, and no server beside it.</summary>
internal sealed class LargeDatabase : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly ServerLock taken;

    private LargeDatabase(ServiceProvider services, ServerLock taken)
    {
        this.services = services;
        this.taken = taken;
    }

    public SqliteDatabase File => Get<SqliteDatabase>();

    /// <summary>Opens the file, or makes it with the schema of this version.</summary>
    public static async Task<LargeDatabase> OpenAsync(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Portal:DataDirectory"] = folder,
            ["ConnectionStrings:Portal"] = $"Data Source={Path.GetFullPath(path)}",
        }).Build();
        var rooms = new ServiceCollection();
        rooms.AddSingleton<IConfiguration>(configuration);
        rooms.AddSingleton(TimeProvider.System);
        rooms.AddLogging();
        rooms.AddStorage(configuration, folder);
        rooms.AddSingleton<SessionQueries>().AddSingleton<EventQueries>().AddSingleton<LicenseQueries>().AddSingleton<AuditQueries>();
        // Made anew for each look: what it remembers is not what is measured.
        rooms.AddSingleton<LicenseUsage>().AddTransient<SharingRanking>().AddSingleton<ConcurrencyHistory>().AddTransient<Overview>();
        var provider = rooms.BuildServiceProvider();
        return new LargeDatabase(provider, await provider.PrepareStorageAsync());
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        taken.Dispose();
    }
}
