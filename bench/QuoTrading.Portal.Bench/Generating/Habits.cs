namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Who asks, and how.</summary>
/// <param name="App">The program; null where it does not say.</param>
/// <param name="ByLauncher">Logs in as a launcher does.</param>
/// <param name="HandsOver">On a release: another program goes on.</param>
public readonly record struct Caller(string? App, bool ByLauncher, bool HandsOver);

/// <summary>The programs on a device that use a session: one, or two of which perhaps only one knows of streams.</summary>
public sealed record Habits(string? One, string? Other, bool OtherStreams = true)
{
    public static Habits Choose(Lot lot) => lot.Below(10) switch
    {
        < 4 => new Habits(null, null),
        < 6 => new Habits("bot", "bot"),
        < 8 => new Habits("launcher", "bot"),
        // An old bot beside a new launcher.
        _ => new Habits("launcher", null, OtherStreams: false),
    };

    public string? Beats(Lot lot) => lot.Falls(0.5) ? One : Other;

    public string? Streams(Lot lot) => OtherStreams && lot.Falls(0.5) ? Other : One;
}
