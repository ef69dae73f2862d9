using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>The section <c>Portal:Health</c>.</summary>
[SettingsSection("Health")]
public sealed class HealthOptions : ISettings
{
    /// <summary>Megabytes that must be free on the disks of the database and the data directory.</summary>
    public long MinimumFreeMegabytes { get; set; } = 200;

    /// <summary>Minutes by which the wall clock may jump, or be behind the newest stored time, before it is reported.</summary>
    public int ClockToleranceMinutes { get; set; } = 5;

    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Health", (nameof(MinimumFreeMegabytes), MinimumFreeMegabytes, 0), (nameof(ClockToleranceMinutes), ClockToleranceMinutes, 1));
}
