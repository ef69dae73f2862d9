namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// Gives the database free as the last step of a host's stop: whoever has waited for the stop may start the next server at once.
/// </summary>
internal sealed class ServerLockRelease : IHostedService
{
    private ServerLock? held;

    public void Hold(ServerLock taken) => held = taken;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        held?.Dispose();
        return Task.CompletedTask;
    }
}
