using System.Diagnostics.Metrics;

namespace QuoTrading.Portal.Kernel;

/// <summary>The meter to which all instruments of the portal belong; docs/operating.md lists them. Each room makes its own.</summary>
internal static class PortalMeter
{
    public const string Name = "QuoTrading.Portal";

    /// <summary>The one of this host: asked again, it is the same.</summary>
    public static Meter Of(IMeterFactory meters) => meters.Create(Name);
}
