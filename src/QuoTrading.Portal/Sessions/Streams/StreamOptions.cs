using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>The section <c>Portal:Streams</c>.</summary>
[SettingsSection("Streams")]
public sealed class StreamOptions : ISettings
{
    /// <summary>
    /// The most open streams of one license, or four per seat if that is more. A computer holds one per program, so honest use stays far
    /// below this.
    /// </summary>
    public int MostPerLicense { get; set; } = 16;

    /// <summary>The most open streams in total; each is a connection. A client without a stream goes on with heartbeats.</summary>
    public int MostInAll { get; set; } = 20_000;

    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Streams", (nameof(MostPerLicense), MostPerLicense, 1), (nameof(MostInAll), MostInAll, 1));
}
