namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A loop of the host: one turn at each tick of its pace. A turn that fails is told to <see cref="Failed"/>, and the next tick tries again;
/// when the host stops, the loop ends quietly.
/// </summary>
/// <param name="pace">From one tick to the next. Ticks that pass during a turn count as one.</param>
/// <param name="time">Its clock.</param>
/// <param name="atOnce">The first turn is taken at the start, not at the first tick.</param>
public abstract class Periodic(TimeSpan pace, TimeProvider time, bool atOnce = false) : BackgroundService
{
    protected TimeProvider Time => time;

    /// <summary>One turn. Tests call it instead of waiting for a tick.</summary>
    internal abstract Task RunOnceAsync(CancellationToken cancel = default);

    /// <summary>Says in the log that a turn failed.</summary>
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

    /// <summary>Runs a loop until it ends or the host stops. Whenever it fails, it begins again.</summary>
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
