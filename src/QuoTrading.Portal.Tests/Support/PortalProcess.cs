using System.Diagnostics;
using System.Net.Http.Json;
using System.Threading.Channels;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>The portal as a process of its own, as an operator runs it: it can be killed, suspended and started again on its folder.</summary>
public sealed class PortalProcess : IAsyncDisposable
{
    private static readonly string Program = typeof(Program).Assembly.Location;

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    private PortalProcess(Process process) => this.process = process;

    public HttpClient Http { get; private set; } = null!;

    public int Id => process.Id;

    /// <summary>Starts a server on a folder and waits until it answers.</summary>
    public static async Task<PortalProcess> StartAsync(string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var portal = new PortalProcess(Launch(folder, [], environment));
        portal.process.OutputDataReceived += (_, line) => portal.lines.Writer.TryWrite(line.Data ?? "");
        portal.process.ErrorDataReceived += (_, line) => portal.lines.Writer.TryWrite(line.Data ?? "");
        portal.process.Exited += (_, _) => portal.lines.Writer.TryComplete();
        portal.process.BeginOutputReadLine();
        portal.process.BeginErrorReadLine();
        await foreach (var line in portal.lines.Reader.ReadAllAsync())
        {
            const string Listening = "Now listening on: ";
            if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
            {
                portal.Http = new HttpClient { BaseAddress = new Uri(line[(at + Listening.Length)..].Trim()), Timeout = TimeSpan.FromSeconds(30) };
                return portal;
            }
        }

        throw new InvalidOperationException("The portal ended before it listened.");
    }

    /// <summary>Runs a command of the binary to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments)
    {
        using var command = Launch(folder, arguments, null);
        var output = command.StandardOutput.ReadToEndAsync();
        var error = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync();
        return (command.ExitCode, await output, await error);
    }

    public async Task<Answered> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body));
        return await Answered.ReadAsync(response);
    }

    /// <summary>As the kernel kills: no signal handler, no last word.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <param name="signal">STOP, CONT, TERM, …</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static Process Launch(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Portal__DataDirectory"] = folder;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (key, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[key] = value;
        var launched = new Process { StartInfo = start, EnableRaisingEvents = true };
        launched.Start();
        return launched;
    }
}
