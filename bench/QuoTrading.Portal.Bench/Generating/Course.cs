using System.Collections.Concurrent;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>What all clients of a run share.</summary>
public sealed class Course(Recorder recorder, Wire wire, TimeSpan timeout, TimeSpan grace, CancellationToken stop)
{
    private volatile TaskCompletionSource up = Completed();
    private long timeoutTicks = timeout.Ticks;
    private long hushTicks;
    private long gatherTicks;

    public Recorder Recorder => recorder;

    public Wire Wire => wire;

    /// <summary>When the run is long enough.</summary>
    public CancellationToken Stop => stop;

    /// <summary>The session timeout that was set last.</summary>
    public TimeSpan Timeout
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref timeoutTicks));
        set => Volatile.Write(ref timeoutTicks, value.Ticks);
    }

    /// <summary>Whether much time lies between the end of the grace and the timeout.</summary>
    public bool IsTimeoutLong => Timeout.TotalSeconds >= TimeoutChoice.Long;

    /// <summary>How long a session may be without its streams before it ends.</summary>
    public TimeSpan Grace => grace;

    /// <summary>The streams that are open, by whoever holds them.</summary>
    public ConcurrentDictionary<ClientStreams, bool> Streaming { get; } = new();

    /// <summary>By license: until then, on the clock of the run, nobody but its holder asks for it.</summary>
    public ConcurrentDictionary<int, TimeSpan> LullUntil { get; } = new();

    /// <summary>Until then, on the clock of the run, holders open streams wherever they can.</summary>
    public TimeSpan GatherUntil
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref gatherTicks));
        set => Volatile.Write(ref gatherTicks, value.Ticks);
    }

    /// <summary>Until then, on the clock of the run, holders are often silent, while the server is disturbed again and again.</summary>
    public TimeSpan HushUntil
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref hushTicks));
        set => Volatile.Write(ref hushTicks, value.Ticks);
    }

    /// <summary>The process will be gone: who loses his connection waits for the next.</summary>
    public void GoesDown() => up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void IsUp() => up.TrySetResult();

    public Task UntilUpAsync() => up.Task.WaitAsync(stop);

    public Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(Math.Max(0, seconds)), stop);

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
