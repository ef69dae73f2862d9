using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>The section <c>Portal:Health</c>.</summary>
[SettingsSection("Health")]
public sealed class HealthOptions
{
    /// <summary>Megabytes that must be free where the database and the data directory lie.</summary>
    public long MinimumFreeMegabytes { get; set; } = 200;

    /// <summary>Minutes by which the wall clock may jump, or stand before what is stored, until somebody is told.</summary>
    public int ClockToleranceMinutes { get; set; } = 5;

    /// <exception cref="StartException">One makes no sense.</exception>
    internal void Check()
    {
        if (MinimumFreeMegabytes < 0) throw new StartException($"{PortalOptions.Section}:Health:{nameof(MinimumFreeMegabytes)} is {MinimumFreeMegabytes}, but must be at least 0.");
        if (ClockToleranceMinutes < 1) throw new StartException($"{PortalOptions.Section}:Health:{nameof(ClockToleranceMinutes)} is {ClockToleranceMinutes}, but must be at least 1.");
    }
}
