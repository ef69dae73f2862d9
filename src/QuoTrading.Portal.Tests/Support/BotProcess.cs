using System.Diagnostics;
using System.Text;
using Xunit;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>The example bot with the client library that bots embed, as a process of its own on this machine.</summary>
public sealed class BotProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder screen = new();

    private BotProcess(Process process) => this.process = process;

    /// <summary>Why a test that needs it is skipped.</summary>
    public static string WhyNot => "There is no python3 on the PATH. Install it to run this test; PORTAL_REQUIRE_BROWSER=1 makes it fail instead.";

    public static bool IsThere => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, "python3")));

    /// <summary>What it has written, for whoever sits before it.</summary>
    public string Screen
    {
        get
        {
            lock (screen) return screen.ToString();
        }
    }

    public static BotProcess Start(PortalServer portal, string key)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(Repository.Root, "clients", "python", "examples", "bot.py")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["QUOTRADING_SERVER"] = portal.Address.ToString();
        start.Environment["LICENSE_KEY"] = key;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var bot = new BotProcess(Process.Start(start)!);
        bot.process.OutputDataReceived += (_, line) => bot.Write(line.Data);
        bot.process.ErrorDataReceived += (_, line) => bot.Write(line.Data);
        bot.process.BeginOutputReadLine();
        bot.process.BeginErrorReadLine();
        return bot;
    }

    /// <summary>As the kernel kills: no last word.</summary>
    public void Kill() => process.Kill();

    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Assert.Fail($"The bot did not end. On its screen:\n{Screen}");
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private void Write(string? line)
    {
        lock (screen) screen.AppendLine(line);
    }
}
