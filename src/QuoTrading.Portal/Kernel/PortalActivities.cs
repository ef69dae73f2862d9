using System.Diagnostics;

namespace QuoTrading.Portal.Kernel;

/// <summary>The source of the portal's activities; docs/operating.md lists them. Without a listener no activity is created.</summary>
internal static class PortalActivities
{
    public const string Name = PortalMeter.Name;

    public static ActivitySource Source { get; } = new(Name);
}
