using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>The portal as a process of its own on one folder and one port: killed, suspended, stopped, and started again.</summary>
public sealed class PortalUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string program;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly IReadOnlyList<string> under;
    private readonly int port = FindPort();
    private readonly List<string> lastLines = [];
    private Process? process;

    /// <param name="program">The portal's assembly.</param>
    /// <param name="folder">For its data; a new one where none is given. Removed with this.</param>
    /// <param name="settings">Of the installation, as environment variables.</param>
    /// <param name="under">A program that starts the server, with its arguments, and leaves it the number of its own process.</param>
    public PortalUnderTest(string program, string? folder = null, IReadOnlyDictionary<string, string>? settings = null, IReadOnlyList<string>? under = null)
    {
        this.program = program;
        this.under = under ?? [];
        this.settings = settings ?? new Dictionary<string, string>(StringComparer.Ordinal);
        Folder = folder ?? Directory.CreateTempSubdirectory("portal-check-").FullName;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public string Folder { get; }

    public Uri Address { get; }

    /// <summary>Of the process that runs now.</summary>
    public int Id => process!.Id;

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
        process = new Process { StartInfo = Describe([.. under, "dotnet", "exec", program]), EnableRaisingEvents = true };
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
    public Task<string> RunAsync(params string[] arguments) => RunWithAsync(input: null, arguments);

    /// <summary>The same for what may fail.</summary>
    public Task<(int ExitCode, string Output, string Errors)> TryRunAsync(params string[] arguments) => TryRunWithAsync(input: null, arguments);

    /// <summary>Runs a command that reads its input.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<string> RunWithAsync(string? input, params string[] arguments)
    {
        var (exitCode, output, errors) = await TryRunWithAsync(input, arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"portal {string.Join(' ', arguments)}: {errors}");
    }

    private async Task<(int ExitCode, string Output, string Errors)> TryRunWithAsync(string? input, string[] arguments)
    {
        var start = Describe(["dotnet", "exec", program, .. arguments]);
        start.RedirectStandardInput = input is not null;
        using var command = Process.Start(start)!;
        if (input is not null)
        {
            await command.StandardInput.WriteLineAsync(input);
            command.StandardInput.Close();
        }

        var errors = command.StandardError.ReadToEndAsync();
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return (command.ExitCode, output, await errors);
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

    /// <summary>A port of this machine that nobody listens on.</summary>
    internal static int FindPort()
    {
        // Fixed from start to start, so that clients find it again.
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        const string NoLimit = "1000000";
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Portal__DataDirectory"] = Folder,
                ["Portal__AllowShortTimeouts"] = "true",
                // The first copy, a minute after the start, would be measured with everything else.
                ["Portal__Backups__Enabled"] = "false",
                ["Portal__Limits__LicenseBurst"] = NoLimit,
                ["Portal__Limits__LicensePerSecond"] = NoLimit,
                ["Portal__Limits__DeviceBurst"] = NoLimit,
                ["Portal__Limits__DevicePerSecond"] = NoLimit,
                ["Portal__Limits__NewDevicesPerSeatAndDay"] = NoLimit,
                ["Portal__Limits__SessionsPerSeatAndDay"] = NoLimit,
                ["Portal__Limits__UnknownKeyBurst"] = NoLimit,
                ["Portal__Limits__UnknownKeysPerMinute"] = NoLimit,
                ["ASPNETCORE_URLS"] = Address.ToString(),
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
            },
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return start;
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
