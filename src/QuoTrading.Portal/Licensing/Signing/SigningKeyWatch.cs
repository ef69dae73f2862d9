namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>Takes up what a command beside the server did to the keys, within <see cref="Pace"/>; and makes the first ones where the start could not.</summary>
internal sealed class SigningKeyWatch(SigningKeys keys, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, time);
        try
        {
            while (await pace.WaitForNextTickAsync(stoppingToken)) await keys.PrepareAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
