using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

internal static class OtlpSetup
{
    // Nearly all requests are heartbeats, one like the other.
    private const double ShareOfTraces = 0.01;

    /// <summary>
    /// Metrics and traces for a collector: the portal's own, ASP.NET Core's, of HTTP clients and of the runtime. Nothing where no collector
    /// is named.
    /// </summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IServiceCollection AddOtlpExport(this IServiceCollection services, IConfiguration configuration)
    {
        var (metrics, traces) = (OtlpTarget.Read(configuration, OtlpTarget.Metrics), OtlpTarget.Read(configuration, OtlpTarget.Traces));
        if (metrics is null && traces is null) return services;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            // The environment last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .AddService("quotrading-portal", serviceVersion: typeof(OtlpSetup).Assembly.GetName().Version!.ToString(3))
            .AddEnvironmentVariableDetector());
        if (metrics is not null)
            telemetry.WithMetrics(provider => provider.AddMeter(PortalMeter.Name, "Microsoft.AspNetCore.*", "System.Runtime").AddOtlpExporter(metrics.Apply));
        if (traces is not null) telemetry.WithTracing(provider => AddTraces(provider, traces, hasSampler: configuration["OTEL_TRACES_SAMPLER"] is not null));
        services.AddSingleton(provider => new OtlpExport(
            metrics, traces, provider.GetService<MeterProvider>(), provider.GetService<TracerProvider>(), provider.GetRequiredService<ILogger<OtlpExport>>()));
        services.AddHostedService(provider => provider.GetRequiredService<OtlpExport>());
        return services;
    }

    private static void AddTraces(TracerProviderBuilder provider, OtlpTarget target, bool hasSampler)
    {
        // Else ASP.NET Core tells of a request neither method nor path.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        provider.AddSource(PortalActivities.Name, "Microsoft.AspNetCore*", "System.Net.Http").AddOtlpExporter(target.Apply);
        // By the trace's number alone: no client's header has its requests traced.
        if (!hasSampler) provider.SetSampler(new TraceIdRatioBasedSampler(ShareOfTraces));
    }
}
