using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>The section <c>Portal:Streams</c>.</summary>
[SettingsSection("Streams")]
public sealed class StreamOptions : ISettings
{
    /// <summary>Streams that may be open for one license, or four a seat where that is more. A machine holds one a program, so this is far above any honest one.</summary>
    public int MostPerLicense { get; set; } = 16;

    /// <summary>Streams that may be open in all: each is a connection. Whoever gets none goes on with heartbeats.</summary>
    public int MostInAll { get; set; } = 20_000;

    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Streams", (nameof(MostPerLicense), MostPerLicense, 1), (nameof(MostInAll), MostInAll, 1));
}
