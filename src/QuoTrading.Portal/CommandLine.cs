using System.CommandLine;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal;

/// <summary>The commands of the binary. They work beside a running server; the database must be there.</summary>
internal static class CommandLine
{
    /// <summary>Everything else starts the server.</summary>
    public static bool IsCommand(string[] args) => args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");

    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("The QuoTrading portal. Without a command it runs the server.");
        foreach (var command in AccountCommands.All()) root.Add(command);
        return root.Parse(args).InvokeAsync();
    }

    /// <summary>Runs a command's work with the portal's services, and turns what stops it into one sentence and an exit code.</summary>
    /// <returns>What <paramref name="work"/> returns; 1 where it could not be done.</returns>
    public static async Task<int> WithServicesAsync(Func<IServiceProvider, Task<int>> work)
    {
        try
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = ContentRoot.Find() });
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath);
            builder.Services.AddAccountsCore();

            using var host = builder.Build();
            var database = host.Services.GetRequiredService<SqliteDatabase>();
            if (!database.Exists)
                throw new StartException($"There is no database at {database.FilePath}. Start the server once (it creates it), or set ConnectionStrings__Portal to the right file.");

            await using var scope = host.Services.CreateAsyncScope();
            return await work(scope.ServiceProvider);
        }
        catch (StartException reason)
        {
            await Console.Error.WriteLineAsync(reason.Message);
            return 1;
        }
        catch (StoreUnavailableException)
        {
            await Console.Error.WriteLineAsync("The database cannot be written now. Is the disk full, or the file locked or read-only? Nothing was changed.");
            return 1;
        }
    }
}
