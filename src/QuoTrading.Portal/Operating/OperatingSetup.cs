using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Operating.Metrics;
using QuoTrading.Portal.Operating.Node;

namespace QuoTrading.Portal.Operating;

internal static class OperatingSetup
{
    /// <summary>What whoever runs the portal looks at and needs. Needs storage, sessions and the audit log.</summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IServiceCollection AddOperating(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalHealth(configuration);
        services.AddSingleton<CircuitMetrics>();
        services.AddSingleton<SystemBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<SystemBoard>());
        services.AddBackups(configuration);
        services.AddHealthChecks().AddCheck<SigningCheck>("signing", tags: [HealthSetup.Warning]);
        if (OtlpTarget.Read(configuration) is { } target)
        {
            services.AddSingleton(target);
            services.AddSingleton<OtlpExport>();
            services.AddHostedService(provider => provider.GetRequiredService<OtlpExport>());
        }

        return services;
    }

    private static void AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection($"{PortalOptions.Section}:Backups").Get<BackupOptions>() ?? new();
        options.Check();
        services.AddSingleton(options);
        services.AddSingleton<BackupFolder>();
        services.AddSingleton<BackupMaker>();
        services.AddSingleton<BackupDesk>();
        services.AddSingleton<ScheduledBackups>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduledBackups>());
        services.AddHealthChecks().AddCheck<BackupCheck>("backups", tags: [HealthSetup.Warning]);
    }
}
