using System.Diagnostics.Metrics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>How many pages are open in browsers: each keeps its state on the server, in a circuit.</summary>
public sealed class CircuitMetrics
{
    private int open;

    public CircuitMetrics(IMeterFactory meters) =>
        PortalMeter.Of(meters).CreateObservableUpDownCounter("portal.circuits.open", () => Open, "{circuit}", "Pages that are open in browsers.");

    /// <summary>Includes pages whose browser lost its connection and may reconnect.</summary>
    public int Open => Volatile.Read(ref open);

    public void Opened() => Interlocked.Increment(ref open);

    public void Closed() => Interlocked.Decrement(ref open);
}
