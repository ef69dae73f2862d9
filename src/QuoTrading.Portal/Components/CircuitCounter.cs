using Microsoft.AspNetCore.Components.Server.Circuits;
using QuoTrading.Portal.Operating.Metrics;

namespace QuoTrading.Portal.Components;

/// <summary>Counts the circuits that are open.</summary>
internal sealed class CircuitCounter(CircuitMetrics metrics) : CircuitHandler
{
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        metrics.Opened();
        return Task.CompletedTask;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        metrics.Closed();
        return Task.CompletedTask;
    }
}
