using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>Logs where metrics and traces are sent, and sends the remaining ones when the host stops.</summary>
internal sealed partial class OtlpExport(OtlpTarget? metrics, OtlpTarget? traces, MeterProvider? meters, TracerProvider? tracers, ILogger<OtlpExport> log) : IHostedService
{
    // A collector that does not answer must not delay the stop for longer.
    private const int StopMilliseconds = 2000;

    private readonly Lock once = new();
    private Task? stopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (metrics is not null) LogMetrics(metrics.Endpoint);
        if (traces is not null) LogTraces(traces.Endpoint);
        return Task.CompletedTask;
    }

    // Includes what was counted since the last export. Runs once: a host may be stopped from two sides at once, and after the first stop
    // the instruments are gone.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (once)
        {
            return stopped ??= Task.WhenAll(
                Task.Run(() => meters?.Shutdown(StopMilliseconds), CancellationToken.None),
                Task.Run(() => tracers?.Shutdown(StopMilliseconds), CancellationToken.None));
        }
    }

    /// <summary>Sends everything that is pending.</summary>
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
