using System.Diagnostics;

namespace QuoTrading.Portal.Kernel;

/// <summary>Where the portal's own activities begin; docs/operating.md lists them. While nobody listens none is made.</summary>
internal static class PortalActivities
{
    public const string Name = PortalMeter.Name;

    public static ActivitySource Source { get; } = new(Name);
}
