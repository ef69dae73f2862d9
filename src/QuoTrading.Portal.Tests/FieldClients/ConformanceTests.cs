using System.Diagnostics;
using QuoTrading.Portal.Tests.EndToEnd;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>
/// The suite of clients/conformance: both clients do what docs/client-api.md says. It stops processes and measures seconds, so nothing else
/// runs beside it.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Collection(Name)]
public sealed class ConformanceTests
{
    private const string Name = "Conformance";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    [Fact]
    public async Task Both_clients_do_what_the_table_says()
    {
        Assert.SkipWhen(!BotProcess.IsThere && !Chromium.IsRequired, BotProcess.WhyNot);
        Assert.True(BotProcess.IsThere, BotProcess.WhyNot);

        using var suite = Start();
        var written = Task.WhenAll(suite.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), suite.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Limit);
        try
        {
            await suite.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            suite.Kill(entireProcessTree: true);
        }

        var text = string.Concat(await written);
        Assert.True(suite.ExitCode == 0, text);
        Assert.Matches(@"Ran [1-9]\d+ tests", text);
        Assert.DoesNotContain("skipped=", text, StringComparison.Ordinal);
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("python3", ["-m", "unittest"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "clients", "conformance"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PORTAL_REQUIRE"] = "1";
        start.Environment["PORTAL_BINARY"] = Built("src", "QuoTrading.Portal", "QuoTrading.Portal");
        var driver = Built("clients", "csharp", "Driver", "QuoTrading.License.Driver.dll");
        if (File.Exists(driver)) start.Environment["CSHARP_DRIVER"] = driver; // else the suite builds it
        return Process.Start(start)!;
    }

    /// <summary>What the build made with these tests, in the same configuration.</summary>
    private static string Built(params string[] path)
    {
        var kind = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine([Repository.Root, .. path[..^1], "bin", kind.Parent!.Name, kind.Name, path[^1]]);
    }
}
