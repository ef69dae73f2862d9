using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>Clients that hold session streams, a process of their own: killed, all of them drop at once.</summary>
internal sealed class StreamProcess : IAsyncDisposable
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> ends = new();
    private bool killed;
    private int refused;

    private StreamProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>The sessions whose stream opened, by the number of the license.</summary>
    public ConcurrentDictionary<int, Guid> Sessions { get; } = new();

    public int Refused => refused;

    /// <summary>Starts it, and waits until all are open or refused.</summary>
    /// <param name="first">The number of its first license, from 0.</param>
    public static async Task<StreamProcess> StartAsync(PortalSide portal, int first, int count)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(StreamHolder).Assembly.Location, "hold-streams",
            portal.Address.Port.ToString(CultureInfo.InvariantCulture), portal.Keys, first.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var holder = new StreamProcess(Process.Start(start)!);
        try
        {
            await holder.ready.Task.WaitAsync(OpenLimit);
            return holder;
        }
        catch
        {
            await holder.DisposeAsync();
            throw;
        }
    }

    /// <summary>When the stream of this license was told of the end of its session; ticks of <see cref="Stopwatch"/>.</summary>
    public Task<long> LoggedOutAsync(int number) => ends.GetOrAdd(number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        killed = true;
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!killed) await KillAsync();
        process.Dispose();
    }

    private void Read(string? line)
    {
        switch (line?.Split(' '))
        {
            case ["open", var number, var session]:
                Sessions[int.Parse(number, CultureInfo.InvariantCulture)] = Guid.Parse(session);
                break;
            case ["refused", ..]:
                Interlocked.Increment(ref refused);
                break;
            case ["event", var number, "logged_out", var ticks]:
                ends.GetOrAdd(int.Parse(number, CultureInfo.InvariantCulture), _ => new(TaskCreationOptions.RunContinuationsAsynchronously))
                    .TrySetResult(long.Parse(ticks, CultureInfo.InvariantCulture));
                break;
            case ["ready"]:
                ready.TrySetResult();
                break;
        }
    }
}
