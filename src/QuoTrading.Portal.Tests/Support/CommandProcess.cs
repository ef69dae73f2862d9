using System.Diagnostics;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Runs the product's binary as a process of its own, as a user does.</summary>
public sealed record CommandProcess(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <param name="dataDirectory">Absolute; also the working directory, where relative file arguments count from.</param>
    public static Task<CommandProcess> RunAsync(string dataDirectory, params string[] arguments) => RunWithAsync(new Dictionary<string, string>(StringComparer.Ordinal), dataDirectory, arguments);

    /// <summary>The same, with more in the environment.</summary>
    public static async Task<CommandProcess> RunWithAsync(IReadOnlyDictionary<string, string> environment, string dataDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", typeof(SqliteDatabase).Assembly.Location, .. arguments])
        {
            WorkingDirectory = dataDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Portal__DataDirectory"] = dataDirectory },
        };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new CommandProcess(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"portal {string.Join(' ', arguments)} did not end within {Limit}.", late);
        }
    }
}
