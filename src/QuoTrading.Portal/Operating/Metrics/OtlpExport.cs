using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>
/// Sends the portal's own metrics, and ASP.NET Core's and the runtime's, to a collector: every minute, or as often as
/// <c>OTEL_METRIC_EXPORT_INTERVAL</c> says. A collector that is away costs nothing but the figures of that time.
/// </summary>
internal sealed partial class OtlpExport(OtlpTarget target, ILogger<OtlpExport> log) : IHostedService, IDisposable
{
    // A collector that does not answer must not hold up the stop.
    private const int StopMilliseconds = 2000;

    private readonly Lock once = new();
    private MeterProvider? provider;
    private Task? stopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        provider = Sdk.CreateMeterProviderBuilder()
            // The environment last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .ConfigureResource(resource => resource
                .AddService("quotrading-portal", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version!.ToString(3))
                .AddEnvironmentVariableDetector())
            .AddMeter(PortalMeter.Name, "Microsoft.AspNetCore.*", "System.Runtime")
            .AddOtlpExporter(options =>
            {
                options.Endpoint = target.Endpoint;
                options.Protocol = target.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
        LogOn(target.Endpoint);
        return Task.CompletedTask;
    }

    // With what was counted since the last time. Once: a host may be told to stop from two sides at once, and when the first is
    // through, the instruments are gone.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (once) return stopped ??= Task.Run(() => provider?.Shutdown(StopMilliseconds), CancellationToken.None);
    }

    public void Dispose() => provider?.Dispose();

    /// <summary>Sends what there is now.</summary>
    internal void Flush() => provider?.ForceFlush();

    [LoggerMessage(Level = LogLevel.Information, Message = "Metrics are sent to {Endpoint}.")]
    private partial void LogOn(Uri endpoint);
}
