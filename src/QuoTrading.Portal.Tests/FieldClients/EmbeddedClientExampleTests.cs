using System.Diagnostics;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>The C# examples that people start from, each as a process of its own against a real portal.</summary>
public sealed class EmbeddedClientExampleTests : IAsyncLifetime
{
    private readonly string profile = Directory.CreateTempSubdirectory("profile-").FullName;
    private PortalServer portal = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync(realTime: true);
        key = await portal.CreateKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        Directory.Delete(profile, recursive: true);
    }

    [Fact]
    public async Task The_console_says_what_it_needs()
    {
        var (code, _, errors) = await RunAsync("Console", key: "");
        Assert.Equal(1, code);
        Assert.Contains("LICENSE_KEY", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_console_says_that_it_gets_no_license()
    {
        var (code, _, errors) = await RunAsync("Console", key: "NO-SUCH-KEY");
        Assert.Equal(2, code);
        Assert.Contains("Invalid license key", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_console_trades_until_it_is_logged_out()
    {
        var bot = RunAsync("Console", key);
        await Until.TrueAsync(() => portal.Registry.Live().Any(), "it holds the license");

        await portal.Service.LogOutAsync(PortalServer.Admin, [portal.Registry.Live().Single().SessionId], "shared key");

        var (code, output, _) = await bot;
        Assert.Equal(3, code);
        Assert.Contains("logged out by an administrator", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_window_logs_in_and_hands_over_and_is_never_frozen()
    {
        var (code, output, errors) = await RunAsync("Window", key);
        Assert.True(code == 0, errors);
        Assert.Contains("The bot has the license.", output, StringComparison.Ordinal);
        Assert.NotEmpty(portal.Registry.Live());
    }

    [Fact]
    public async Task The_window_draws_itself_while_it_waits_and_can_be_cancelled()
    {
        await using var silent = await ScriptedServer.StartAsync([]);
        silent.LogIn = ScriptedServer.HangAsync;

        var (code, output, errors) = await RunAsync("Window", key, silent.Address, "--cancel");

        Assert.True(code == 0, errors);
        Assert.Contains("Cancelled.", output, StringComparison.Ordinal);
        Assert.DoesNotMatch("itself [0-3] times", output);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string example, string key, Uri? server = null, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var folder = Path.Combine(Repository.Root, "clients", "csharp", "examples", example, "bin", configuration, "net8.0");
        var file = Path.Combine(folder, example == "Window" ? "WindowLauncher.dll" : "ConsoleBot.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", file, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["QUOTRADING_SERVER"] = (server ?? portal.Address).OriginalString, ["LICENSE_KEY"] = key, ["QUOTRADING_PROFILE"] = profile,
            },
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
