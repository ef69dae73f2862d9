using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Operating.Metrics;
using QuoTrading.Portal.Operating.Node;

namespace QuoTrading.Portal.Operating;

internal static class OperatingSetup
{
    /// <summary>Services to monitor and maintain the portal. Needs storage, sessions and the audit log.</summary>
    public static IServiceCollection AddOperating(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalHealth(configuration);
        services.AddSingleton<CircuitMetrics>();
        services.AddSingleton<SystemMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<SystemMonitor>());
        services.AddBackups(configuration);
        services.AddHealthChecks().AddCheck<SigningCheck>("signing", tags: [HealthSetup.Warning]);
        services.AddOtlp(configuration);
        return services;
    }

    // Read now, to know whether an export is needed at all; an error is reported together with those of all other settings.
    private static void AddOtlp(this IServiceCollection services, IConfiguration configuration)
    {
        try
        {
            services.AddOtlpExport(configuration);
        }
        catch (StartException wrong)
        {
            services.AddOptions<PortalOptions>().ValidateOnStart().Refuse([wrong.Message]);
        }
    }

    private static void AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<BackupOptions>(configuration);
        services.AddSingleton<BackupFolder>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<BackupService>();
        services.AddSingleton<ScheduledBackups>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduledBackups>());
        services.AddHealthChecks().AddCheck<BackupCheck>("backups", tags: [HealthSetup.Warning]);
    }
}
