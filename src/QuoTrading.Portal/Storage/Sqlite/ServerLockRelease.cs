namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// Releases the server lock as the last step of a host's stop, so that the next server can start at once after it.
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
