using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>strace on all threads of a running process. Disposing it lets the process go on as before.</summary>
internal sealed class Strace : IAsyncDisposable
{
    private readonly Process process;

    private Strace(Process process) => this.process = process;

    /// <summary>
    /// What to start a program with so that strace stops it at the traced calls alone. One that is attached later stops it at every
    /// call: that is too much where speed is measured.
    /// </summary>
    /// <returns>To be put before the program; its process keeps its number.</returns>
    public static IReadOnlyList<string> Launching(params string[] arguments) => ["strace", "-D", "-f", "--seccomp-bpf", "-qq", .. arguments];

    /// <param name="pid">The process to attach to.</param>
    /// <param name="arguments">What to trace or inject, and where to write it.</param>
    /// <exception cref="NotRunException">strace is not there, or may not attach.</exception>
    public static async Task<Strace> AttachAsync(int pid, params string[] arguments)
    {
        Tools.Need("strace");
        var strace = new Process
        {
            StartInfo = new ProcessStartInfo("strace", ["-f", "-p", pid.ToString(), .. arguments]) { UseShellExecute = false, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        var attached = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = "";
        strace.ErrorDataReceived += (_, line) =>
        {
            said += line.Data;
            if (line.Data?.Contains(" attached", StringComparison.Ordinal) is true) attached.TrySetResult(null);
        };
        strace.Exited += (_, _) => attached.TrySetResult(said);
        strace.Start();
        strace.BeginErrorReadLine();
        if (await attached.Task is not { } failed) return new Strace(strace);
        strace.Dispose();
        throw new NotRunException($"strace cannot attach: {failed}");
    }

    public async ValueTask DisposeAsync()
    {
        // Interrupted, it detaches from every thread before it ends.
        if (!process.HasExited) await Tools.TryAsync("kill", "-INT", process.Id.ToString());
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
