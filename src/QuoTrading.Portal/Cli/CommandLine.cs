using System.CommandLine;
using System.CommandLine.Help;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Import;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Cli;

/// <summary>The commands of the binary. Most work beside a running server, and need an existing database.</summary>
internal static class CommandLine
{
    /// <summary>Exit code: the command failed; stderr says why.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: the command was not understood; stderr says why.</summary>
    public const int Misused = 2;

    /// <summary>Whether the arguments are a command. Everything else starts the server.</summary>
    public static bool IsCommand(string[] args) => args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("The QuoTrading portal. Without a command it runs the server; the commands work beside a running one.");
        Command[] commands =
        [
            LicenseCommands.Create(),
            KeyCommands.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            .. AccountCommands.All(),
            HealthCommand.Create(),
        ];
        foreach (var command in commands) root.Subcommands.Add(command);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

        // For an unknown word the parser also reports a missing command; the last error is the one about the word.
        foreach (var error in parsed.Errors.TakeLast(parsed.UnmatchedTokens.Count > 0 ? 1 : int.MaxValue)) await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync($"For the commands and their options: {root.Name} {PathOf(parsed.CommandResult)}--help");
        return Misused;
    }

    /// <summary>Runs a command's work with the portal's services, and turns a failure into one sentence and an exit code.</summary>
    /// <param name="work">Writes its results to stdout and everything else to stderr.</param>
    /// <param name="anySchema">True for a command that works with a database of another version of the portal.</param>
    /// <param name="needsDatabase">False for a command that needs no existing database.</param>
    /// <returns>What <paramref name="work"/> returns; <see cref="Failed"/> on a failure.</returns>
    public static async Task<int> WithServicesAsync(Func<IServiceProvider, Task<int>> work, bool anySchema = false, bool needsDatabase = true)
    {
        try
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
            {
                ContentRootPath = ContentRoot.Find(),
                // Chosen like the server's; otherwise the two would read different settings.
                EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT"),
            });
            // A failure is reported in one sentence; stdout is for results only.
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath, isCommand: true);
            builder.Services.AddLicensing().AddLicenseImport();
            builder.Services.AddAccountsCore();

            using var host = builder.Build();
            host.Services.CheckSettings();
            var database = host.Services.GetRequiredService<IDatabaseFile>();
            if (needsDatabase && !database.Exists)
                throw new StartException($"There is no database at {database.FilePath}. Start the server once (it creates it), or set ConnectionStrings__Portal to the right file.");
            if (!anySchema) await host.Services.CheckStorageAsync();

            await using var scope = host.Services.CreateAsyncScope();
            return await work(scope.ServiceProvider);
        }
        catch (StartException reason)
        {
            return await FailAsync(reason.Message);
        }
        catch (StoreUnavailableException)
        {
            return await FailAsync("The database cannot be written now. Is the disk full, or the file locked or read-only? Nothing was changed.");
        }
        catch (OperationCanceledException)
        {
            return await FailAsync("Stopped.");
        }
        catch (Exception unexpected)
        {
            return await FailAsync($"That should not have happened; please report it with the command you gave. {unexpected.GetType().Name}: {unexpected.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Writes to stderr why a command failed.</summary>
    /// <returns><see cref="Failed"/>.</returns>
    public static async Task<int> FailAsync(params IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences) await Console.Error.WriteLineAsync(sentence);
        return Failed;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{PathOf(parent)}{result.Command.Name} " : "";
}
