using System.Diagnostics.Metrics;

namespace QuoTrading.Portal.Kernel;

/// <summary>The meter of all instruments of the portal; docs/operating.md lists them. Each room creates its own instruments.</summary>
internal static class PortalMeter
{
    public const string Name = "QuoTrading.Portal";

    /// <summary>The meter of this host. The factory returns the same one each time.</summary>
    public static Meter Of(IMeterFactory meters) => meters.Create(Name);
}
