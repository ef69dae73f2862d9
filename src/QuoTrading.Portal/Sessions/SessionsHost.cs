using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Sessions;

/// <summary>Runs the commit loop from before the first request until after the last, and the sweeper next to it.</summary>
internal sealed partial class SessionsHost(CommitLoop loop, SessionSweeper sweeper, SessionRegistry registry, SessionMetrics metrics, OpenStreams streams, TimeProvider time, ILogger<SessionsHost> log)
    : Periodic(Pace, time)
{
    // Twice a second: a time-out is noticed, and a refresh is written, within a second.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    // Each try waits up to the busy timeout: half a minute in all, if the connection string does not set another one.
    private const int StartTries = 6;

    private readonly Lock once = new();
    private Task running = Task.CompletedTask;
    private Task? stopped;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartSessionsAsync();
        metrics.Watch(() => streams.Count, () => registry.QueueDepth, () => registry.StoreAnswers);
        running = Task.Run(loop.RunAsync, CancellationToken.None);
        await base.StartAsync(CancellationToken.None);
    }

    // Stops only once: two callers may stop a host at the same time, and after the first stop the store is closed.
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lock (once) return stopped ??= StopOnceAsync();
    }

    internal override Task RunOnceAsync(CancellationToken cancel = default) => sweeper.TickAsync();

    protected override void Failed(Exception failure)
    {
        // The writer and the commit loop have logged this already; the next tick tries again.
        if (failure is StoreUnavailableException) LogTickMissed();
        else LogTickFailed(failure);
    }

    // A command-line process may lock the database for longer than a client request may wait. A start can wait longer, so it retries.
    private async Task StartSessionsAsync()
    {
        for (var left = StartTries - 1; ; left--)
        {
            try
            {
                await sweeper.StartAsync();
                return;
            }
            catch (StoreUnavailableException) when (left > 0)
            {
                LogStartWaits(left);
            }
        }
    }

    private async Task StopOnceAsync()
    {
        await base.StopAsync(CancellationToken.None);
        try
        {
            await sweeper.StopAsync(running);
        }
        catch (StoreUnavailableException)
        {
            LogLastFlushMissed();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be written yet; the start tries it {Left} times more.")]
    private partial void LogStartWaits(int left);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The sweeper could not write this time.")]
    private partial void LogTickMissed();

    [LoggerMessage(Level = LogLevel.Error, Message = "The last heartbeats could not be written: after the restart sessions are remembered up to a second older.")]
    private partial void LogLastFlushMissed();

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweeper failed; it goes on.")]
    private partial void LogTickFailed(Exception failure);
}
