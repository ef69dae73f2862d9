using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>The portal as a process of its own on one folder and one port: killed, suspended, stopped, and started again.</summary>
public sealed class PortalUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string program;
    private readonly int port = FindPort();
    private readonly List<string> lastLines = [];
    private Process? process;

    /// <param name="program">The portal's assembly.</param>
    public PortalUnderTest(string program)
    {
        this.program = program;
        Folder = Directory.CreateTempSubdirectory("portal-check-").FullName;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public string Folder { get; }

    public Uri Address { get; }

    /// <summary>What it said last.</summary>
    public string LastWords
    {
        get
        {
            lock (lastLines) return string.Join('\n', lastLines);
        }
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = Describe([]), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Read(line.Data, started);
        process.ErrorDataReceived += (_, line) => Read(line.Data, started);
        process.Exited += (_, _) => started.TrySetException(new InvalidOperationException($"The portal ended before it listened:\n{LastWords}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await started.Task.WaitAsync(StartLimit);
    }

    /// <summary>Runs a command of the binary to its end.</summary>
    /// <returns>What it wrote to its output.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var command = Process.Start(Describe(arguments))!;
        var errors = command.StandardError.ReadToEndAsync();
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? output : throw new InvalidOperationException($"portal {string.Join(' ', arguments)}: {await errors}");
    }

    /// <summary>As the kernel kills: no last word.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>As an operator stops it.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await process!.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process!.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static int FindPort()
    {
        // Fixed from start to start, so that clients find it again.
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private ProcessStartInfo Describe(IEnumerable<string> arguments)
    {
        const string NoLimit = "1000000";
        return new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Portal__DataDirectory"] = Folder,
                ["Portal__AllowShortTimeouts"] = "true",
                ["Portal__Limits__LicenseBurst"] = NoLimit,
                ["Portal__Limits__LicensePerSecond"] = NoLimit,
                ["Portal__Limits__UnknownKeyBurst"] = NoLimit,
                ["Portal__Limits__UnknownKeysPerMinute"] = NoLimit,
                ["ASPNETCORE_URLS"] = Address.ToString(),
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
            },
        };
    }

    private void Read(string? line, TaskCompletionSource started)
    {
        if (line is null) return;
        lock (lastLines)
        {
            lastLines.Add(line);
            if (lastLines.Count > 40) lastLines.RemoveAt(0);
        }

        if (line.Contains("Now listening on: ", StringComparison.Ordinal)) started.TrySetResult();
    }
}
