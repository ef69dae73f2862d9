using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>
/// A real database file in a folder of its own, prepared as a starting server prepares it, with the product's services on it.
/// Disposing it removes the folder.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly ServerLock taken;

    private TestDatabase(ServiceProvider services, FakeTime time, ServerLock taken, string folder)
    {
        Services = services;
        Time = time;
        Folder = folder;
        this.taken = taken;
    }

    public ServiceProvider Services { get; }

    public FakeTime Time { get; }

    /// <summary>The data directory; absolute.</summary>
    public string Folder { get; }

    public SqliteDatabase Database => Get<SqliteDatabase>();

    public Writer Writer => Get<Writer>();

    /// <param name="time">Its clock; a new one at noon of 2026-01-01 UTC where none is given.</param>
    /// <param name="add">Adds the rooms that a test needs, and its fakes.</param>
    /// <param name="busySeconds">How long a write waits for a lock of another connection.</param>
    public static async Task<TestDatabase> CreateAsync(FakeTime? time = null, Action<IServiceCollection>? add = null, int busySeconds = 5)
    {
        time ??= new FakeTime();
        var folder = Directory.CreateTempSubdirectory("portal-test-").FullName;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Portal:DataDirectory"] = folder,
            ["ConnectionStrings:Portal"] = string.Create(CultureInfo.InvariantCulture, $"Data Source={Path.Combine(folder, "portal.db")};Default Timeout={busySeconds}"),
        }).Build();

        var services = new ServiceCollection();
        services.AddSingleton<Microsoft.Extensions.Hosting.IHostApplicationLifetime, Microsoft.Extensions.Hosting.Internal.ApplicationLifetime>();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.ClearProviders());
        services.AddStorage(configuration, folder);
        add?.Invoke(services);
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        return new TestDatabase(provider, time, await provider.PrepareStorageAsync(), folder);
    }

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A context as pages read with: its own connection. The caller disposes it.</summary>
    public PortalDbContext OpenContext() => Get<IDbContextFactory<PortalDbContext>>().CreateDbContext();

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        taken.Dispose();
        TestFolder.Delete(Folder);
    }
}
