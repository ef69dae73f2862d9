using QuoTrading.Portal.Operating.Otlp;

namespace QuoTrading.Portal.Operating;

public static class OperatingSetup
{
    /// <summary>What whoever runs the portal looks at and needs. Needs storage, sessions and the audit log.</summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IServiceCollection AddOperating(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<CircuitMetrics>();
        if (OtlpTarget.Read(configuration) is { } target)
        {
            services.AddSingleton(target);
            services.AddSingleton<OtlpExport>();
            services.AddHostedService(provider => provider.GetRequiredService<OtlpExport>());
        }

        return services;
    }
}
