using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Sessions;

/// <summary>Runs the commit loop from before the first request to after the last, and the sweeper beside it.</summary>
internal sealed partial class SessionsHost(CommitLoop loop, SessionSweeper sweeper, SessionRegistry registry, SessionMetrics metrics, OpenStreams streams, TimeProvider time, ILogger<SessionsHost> log)
    : Periodic(Pace, time)
{
    // Twice a second: a time-out is seen within a second, and a refresh is written within one.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    // Of the busy timeout each: half a minute where nothing else is said.
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

    // Once: a host may be told to stop from two sides at once, and when the first is through, the store is closed.
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lock (once) return stopped ??= StopOnceAsync();
    }

    internal override Task RunOnceAsync(CancellationToken cancel = default) => sweeper.TickAsync();

    protected override void Failed(Exception failure)
    {
        // The writer and the commit loop have said so; the next tick tries again.
        if (failure is StoreUnavailableException) LogTickMissed();
        else LogTickFailed(failure);
    }

    // A command beside the server may have the database for longer than a client is kept waiting; a start is worth more patience.
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
