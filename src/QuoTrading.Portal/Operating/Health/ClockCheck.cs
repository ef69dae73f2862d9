using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>
/// Red when the wall clock has jumped since the start, or is behind the newest stored time. Sessions do not age by it, but licenses
/// expire by it. A jump that persists is accepted as correct after a while: most jumps are corrections.
/// </summary>
public sealed class ClockCheck(IDbContextFactory<PortalDbContext> contexts, HealthOptions options, TimeProvider time) : IHealthCheck, IClockCheck
{
    private static readonly TimeSpan Told = TimeSpan.FromMinutes(15);

    private readonly Lock looking = new();
    private readonly long start = time.GetTimestamp();
    private readonly TimeSpan tolerance = TimeSpan.FromMinutes(options.ClockToleranceMinutes);
    private DateTime wallAtStart = time.GetUtcNow().UtcDateTime;
    private long? jumpSeen;
    private DateTime? newestStored;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        newestStored ??= await ReadNewestAsync(cancellationToken);
        return Look() is { } wrong ? HealthCheckResult.Unhealthy(wrong) : HealthCheckResult.Healthy();
    }

    /// <inheritdoc/>
    public string? Look()
    {
        lock (looking)
        {
            var now = time.GetUtcNow().UtcDateTime;
            if (Jump(now) is { } jump)
                return $"The server's clock has jumped {Words(jump)}{{since}}. Nobody is logged out by it, but licenses expire by it: check the server's time.";
            return newestStored is { } newest && newest - now > tolerance
                ? $"The server's clock is {Words(now - newest)} of what is stored. Nobody is logged out by it, but licenses expire too late: check the server's time."
                : null;
        }
    }

    // The wall clock has jumped if it and the monotonic clock have not advanced equally since the start.
    private TimeSpan? Jump(DateTime now)
    {
        var jump = now - wallAtStart - time.GetElapsedTime(start);
        if (jump.Duration() <= tolerance)
        {
            jumpSeen = null;
            return null;
        }

        jumpSeen ??= time.GetTimestamp();
        if (time.GetElapsedTime(jumpSeen.Value) < Told) return jump;
        wallAtStart += jump;
        jumpSeen = null;
        return null;
    }

    // Read once: everything written from now on is dated by this clock.
    private async Task<DateTime> ReadNewestAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var happened = await db.SessionEvents.MaxAsync(e => (DateTime?)e.At, cancel);
        var minute = await db.ConcurrentSessions.MaxAsync(m => (DateTime?)m.Minute, cancel);
        return new[] { happened ?? DateTime.MinValue, minute ?? DateTime.MinValue }.Max();
    }

    private static string Words(TimeSpan by)
    {
        var length = by.Duration();
        var text = length.TotalHours < 2 ? $"{length.TotalMinutes:N0} minutes" : length.TotalDays < 2 ? $"{length.TotalHours:N0} hours" : $"{length.TotalDays:N0} days";
        return $"{text} {(by < TimeSpan.Zero ? "behind" : "ahead")}";
    }
}
