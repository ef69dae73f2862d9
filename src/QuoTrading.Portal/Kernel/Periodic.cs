namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A background service that runs once per tick. A run that fails is passed to <see cref="Failed"/>, and the next tick tries again. When
/// the host stops, the loop ends without an exception.
/// </summary>
/// <param name="pace">The time between two ticks. Ticks that pass during a run count as one.</param>
/// <param name="time">The clock of the ticks.</param>
/// <param name="atOnce">The first run is at the start, not at the first tick.</param>
public abstract class Periodic(TimeSpan pace, TimeProvider time, bool atOnce = false) : BackgroundService
{
    protected TimeProvider Time => time;

    /// <summary>One run. Tests call it instead of waiting for a tick.</summary>
    internal abstract Task RunOnceAsync(CancellationToken cancel = default);

    /// <summary>Logs that a run failed.</summary>
    protected abstract void Failed(Exception failure);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pace, time);
        var isDue = atOnce;
        await KeepGoingAsync(TakeTurnsAsync, stoppingToken);

        async Task TakeTurnsAsync()
        {
            while (isDue || await timer.WaitForNextTickAsync(stoppingToken))
            {
                isDue = false;
                await RunOnceAsync(stoppingToken);
            }
        }
    }

    /// <summary>Runs a loop until it ends or the host stops. If it fails, it is started again.</summary>
    protected async Task KeepGoingAsync(Func<Task> loop, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await loop();
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Failed(failure);
            }
        }
    }
}
