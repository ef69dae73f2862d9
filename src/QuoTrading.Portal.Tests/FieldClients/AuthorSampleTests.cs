using System.Diagnostics;
using System.Security;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Pages.Authors;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Tests.EndToEnd;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>What the page for bot authors shows to copy: as it stands there it compiles, holds the license of a real portal, and says why it ended.</summary>
public sealed class AuthorSampleTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("sample-").FullName;
    private PortalServer portal = null!;
    private string key = "";

    private string Server => portal.Address.OriginalString.TrimEnd('/');

    private IReadOnlyList<string> Keys => [.. portal.Services.GetRequiredService<SigningKeys>().All.Select(one => one.Text)];

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync(realTime: true);
        key = await portal.CreateKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Python()
    {
        Assert.SkipWhen(!BotProcess.IsThere && !Chromium.IsRequired, BotProcess.WhyNot);
        Assert.NotEmpty(Keys);
        File.Copy(Path.Combine(Repository.Root, "clients", "python", "quotrading_license.py"), Path.Combine(folder, "quotrading_license.py"));
        await File.WriteAllTextAsync(Path.Combine(folder, "bot.py"), AuthorSamples.Python(Server, Keys), TestContext.Current.CancellationToken);

        await TradesUntilItIsLoggedOutAsync("python3", "-B", "bot.py");
    }

    /// <summary>A project without implicit usings and with every warning an error, as the strictest author has it.</summary>
    [Fact]
    public async Task CSharp()
    {
        Assert.NotEmpty(Keys);
        var library = Path.Combine(Repository.Root, "clients", "csharp", "QuoTrading.License", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net8.0", "QuoTrading.License.dll");
        await File.WriteAllTextAsync(Path.Combine(folder, "Bot.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup><Reference Include="{SecurityElement.Escape(library)}" /></ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Bot.cs"), AuthorSamples.CSharp(Server, Keys), TestContext.Current.CancellationToken);
        var (code, output) = await EndAsync(Start(Dotnet, "build", "--nologo", "--disable-build-servers", "-o", "out"));
        Assert.True(code == 0, output);

        await TradesUntilItIsLoggedOutAsync(Dotnet, "exec", Path.Combine("out", "Bot.dll"));
    }

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private async Task TradesUntilItIsLoggedOutAsync(string program, params string[] arguments)
    {
        var bot = EndAsync(Start(program, arguments));
        await Until.TrueAsync(() => bot.IsCompleted || portal.Registry.Live().Any(), "it holds the license");
        Assert.False(bot.IsCompleted, bot.IsCompleted ? (await bot).Output : "");

        await portal.Service.LogOutAsync(PortalServer.Admin, [portal.Registry.Live().Single().SessionId], "shared key");

        Assert.Contains("logged out by an administrator", (await bot).Output, StringComparison.Ordinal);
    }

    private Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["LICENSE_KEY"] = key, ["QUOTRADING_PROFILE"] = Path.Combine(folder, "profile") },
    })!;

    private static async Task<(int Code, string Output)> EndAsync(Process started)
    {
        using var process = started;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
