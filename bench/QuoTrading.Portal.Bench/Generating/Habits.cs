namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Who asks, and how, beyond what is recorded of it.</summary>
/// <param name="ByLauncher">Logs in as a launcher does.</param>
/// <param name="Symbol">As it spells it.</param>
/// <param name="Install">The installation that it proves; null: none.</param>
public readonly record struct Caller(bool ByLauncher, string? Symbol, string? Install);

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
