using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

internal static class OtlpSetup
{
    // A small share is enough: nearly all requests are heartbeats, which are alike.
    private const double ShareOfTraces = 0.01;

    /// <summary>
    /// Exports metrics and traces to a collector: the portal's own, and those of ASP.NET Core, HTTP clients and the runtime. Does nothing
    /// if no collector is configured.
    /// </summary>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IServiceCollection AddOtlpExport(this IServiceCollection services, IConfiguration configuration)
    {
        var (metrics, traces) = (OtlpTarget.Read(configuration, OtlpTarget.Metrics), OtlpTarget.Read(configuration, OtlpTarget.Traces));
        if (metrics is null && traces is null) return services;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            // The environment comes last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
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
        // Otherwise ASP.NET Core adds neither method nor path to the trace of a request.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        provider.AddSource(PortalActivities.Name, "Microsoft.AspNetCore*", "System.Net.Http").AddOtlpExporter(target.Apply);
        // Samples by the trace id only: the sampled flag in a client's header has no effect.
        if (!hasSampler) provider.SetSampler(new TraceIdRatioBasedSampler(ShareOfTraces));
    }
}
