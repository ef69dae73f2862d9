using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>Runs the health checks every few seconds, and calls its watchers when the result changes.</summary>
internal sealed partial class HealthMonitor(HealthCheckService checks, IHostApplicationLifetime host, TimeProvider time, ILogger<HealthMonitor> log) : BackgroundService, IHealthMonitor
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    private readonly Publisher<bool> watchers = new(capacity: 1);
    private volatile IReadOnlyList<HealthProblem> problems = [];

    /// <inheritdoc/>
    public IReadOnlyList<HealthProblem> Problems => problems;

    /// <summary>The number of watchers.</summary>
    public int Watchers => watchers.Count;

    /// <inheritdoc/>
    public IDisposable Subscribe(string name, Action changed) => watchers.Subscribe(name, changed, LogWatcherFailed);

    /// <summary>Runs the checks once, and calls the watchers if the problems have changed.</summary>
    internal async Task RunOnceAsync(CancellationToken cancel = default)
    {
        var report = await checks.CheckHealthAsync(cancel);
        var before = problems;
        var after = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(entry => Problem(entry.Key, entry.Value, before.FirstOrDefault(p => p.Check == entry.Key)?.Since)).ToList();
        if (before.SequenceEqual(after)) return;

        problems = after;
        // The component that detects a warning has logged it itself.
        foreach (var problem in after.Where(p => !p.IsWarning && !before.Any(known => known.Check == p.Check))) LogRed(problem.Check, problem.Text);
        foreach (var problem in before.Where(p => !p.IsWarning && !after.Exists(still => still.Check == p.Check))) LogGreen(problem.Check);
        watchers.Publish(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pace, time);
        // No checks before the server listens: no page reads them yet, and a failed start disposes what they need without stopping this.
        if (!await HasStartedAsync(stoppingToken)) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await pace.WaitForNextTickAsync(stoppingToken)) await RunOnceAsync(stoppingToken);
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

    private async Task<bool> HasStartedAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = host.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var stopping = stop.Register(() => started.TrySetResult(false));
        return await started.Task;
    }

    private HealthProblem Problem(string check, HealthReportEntry entry, DateTime? known)
    {
        var since = known ?? time.GetUtcNow().UtcDateTime;
        // A check that threw has no description.
        var text = entry.Description is { } told && told.Contains("{since}", StringComparison.Ordinal)
            ? told.Replace("{since}", $" since {since:HH:mm} UTC", StringComparison.Ordinal)
            : entry.Exception is null && entry.Description is { } plain ? plain : $"The portal cannot tell how its {check} is, since {since:HH:mm} UTC. Clients may have to retry.";
        return new HealthProblem(check, text, since, entry.Status == HealthStatus.Degraded);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Health: {Check} is red. {Text}")]
    private partial void LogRed(string check, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Health: {Check} is well again.")]
    private partial void LogGreen(string check);

    [LoggerMessage(Level = LogLevel.Error, Message = "The health checks failed; they are tried again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A watcher of the health monitor failed: {Name}")]
    private partial void LogWatcherFailed(Exception failure, string name);
}
