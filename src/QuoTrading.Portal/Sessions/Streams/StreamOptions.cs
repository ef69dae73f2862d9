namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>The section <c>Portal:Streams</c>.</summary>
public sealed class StreamOptions
{
    /// <summary>Streams that may be open for one license. A machine holds one a program, so this is far above any honest one.</summary>
    public int MostPerLicense { get; set; } = 16;

    /// <summary>Streams that may be open in all: each is a connection. Whoever gets none goes on with heartbeats.</summary>
    public int MostInAll { get; set; } = 20_000;

    /// <exception cref="StartException">One is below 1.</exception>
    internal void Check()
    {
        foreach (var (name, value) in new[] { (nameof(MostPerLicense), MostPerLicense), (nameof(MostInAll), MostInAll) })
            if (value < 1) throw new StartException($"{PortalOptions.Section}:Streams:{name} is {value}, but must be at least 1.");
    }
}
