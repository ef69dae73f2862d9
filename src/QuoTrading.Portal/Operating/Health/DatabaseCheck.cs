using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>Red while the database accepts no commits, or a commit takes longer than clients are kept waiting.</summary>
internal sealed class DatabaseCheck(SessionRegistry registry, QueueOptions queue) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !registry.StoreAnswers
            ? HealthCheckResult.Unhealthy("The database cannot be written{since}. Clients are asked to retry; nobody is logged out, and nobody new can log in.")
        : registry.StoreWait > queue.LongestWait
            ? HealthCheckResult.Unhealthy("The database is too slow{since}: a commit takes longer than clients are kept waiting. They are asked to retry; nobody is logged out.")
        : HealthCheckResult.Healthy());
}
