namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>Takes up what a command beside the server did to the keys, within <see cref="Pace"/>; and makes the first ones where the start could not.</summary>
internal sealed partial class SigningKeyWatch(SigningKeys keys, TimeProvider time, ILogger<SigningKeyWatch> log) : BackgroundService
{
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await pace.WaitForNextTickAsync(stoppingToken)) await keys.PrepareAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys that sign answers to clients could not be read again; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
