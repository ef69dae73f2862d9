using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Health;

internal static class HealthSetup
{
    /// <summary>The tag of checks that never turn the portal unready: what they find is for administrators alone.</summary>
    public const string Warning = "warning";

    /// <summary>The checks behind <c>/health/ready</c> and the pages' banner.</summary>
    public static IServiceCollection AddPortalHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<HealthOptions>(configuration);
        services.AddSingleton<ClockCheck>();
        services.AddSingleton<IClockCheck>(provider => provider.GetRequiredService<ClockCheck>());
        // The board says once when a light changes; the framework would say it at each look.
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
