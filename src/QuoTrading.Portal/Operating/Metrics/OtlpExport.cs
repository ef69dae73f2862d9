using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>Says where metrics and traces are sent, and sends the last of them at the stop.</summary>
internal sealed partial class OtlpExport(OtlpTarget? metrics, OtlpTarget? traces, MeterProvider? meters, TracerProvider? tracers, ILogger<OtlpExport> log) : IHostedService
{
    // A collector that does not answer must not hold up the stop.
    private const int StopMilliseconds = 2000;

    private readonly Lock once = new();
    private Task? stopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (metrics is not null) LogMetrics(metrics.Endpoint);
        if (traces is not null) LogTraces(traces.Endpoint);
        return Task.CompletedTask;
    }

    // With what was counted since the last time. Once: a host may be told to stop from two sides at once, and when the first is
    // through, the instruments are gone.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (once)
        {
            return stopped ??= Task.WhenAll(
                Task.Run(() => meters?.Shutdown(StopMilliseconds), CancellationToken.None),
                Task.Run(() => tracers?.Shutdown(StopMilliseconds), CancellationToken.None));
        }
    }

    /// <summary>Sends what there is now.</summary>
    internal void Flush()
    {
        meters?.ForceFlush();
        tracers?.ForceFlush();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Metrics are sent to {Endpoint}.")]
    private partial void LogMetrics(Uri endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Traces are sent to {Endpoint}.")]
    private partial void LogTraces(Uri endpoint);
}
