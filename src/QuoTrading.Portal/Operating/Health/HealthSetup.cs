using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Health;

internal static class HealthSetup
{
    /// <summary>The tag of checks that never make the portal unready: what they find is for administrators only.</summary>
    public const string Warning = "warning";

    /// <summary>The checks behind <c>/health/ready</c> and the banner of the pages.</summary>
    public static IServiceCollection AddPortalHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<HealthOptions>(configuration);
        services.AddSingleton<ClockCheck>();
        services.AddSingleton<IClockCheck>(provider => provider.GetRequiredService<ClockCheck>());
        // The monitor logs each change once; the framework would log at each run.
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        services.AddHealthChecks()
            .AddCheck<DatabaseCheck>("database")
            .AddCheck<DiskCheck>("disk")
            .AddCheck<ClockCheck>("clock");
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<IHealthMonitor>(provider => provider.GetRequiredService<HealthMonitor>());
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
        return services;
    }
}
