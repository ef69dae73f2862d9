using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>Yellow, never red, while the scheduled backup fails: customers are not affected, and a restart would not help.</summary>
internal sealed class BackupCheck(ScheduledBackups backups) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        backups.Failure is { } failure ? HealthCheckResult.Degraded($"The scheduled backup fails{{since}}. {failure.Reason}") : HealthCheckResult.Healthy());
}
