namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The last values of one of several programs of a device. Null if never sent; a value that is not repeated stays.</summary>
/// <param name="Status"><c>online</c> or <c>idle</c>.</param>
/// <param name="Figures">Read from its last metadata; the metadata itself is kept once a session.</param>
public sealed record AppReport(string? Symbol, string? BotVersion, string? Status, Telemetry Figures)
{
    /// <summary>The report of a program that has sent nothing yet.</summary>
    public static AppReport Nothing { get; } = new(null, null, null, Telemetry.None);

    /// <summary>The report of a program that was alone in the session so far: all values of the session are its own.</summary>
    public static AppReport Of(LiveSession session) => new(session.Symbol, session.BotVersion, session.Status, Telemetry.Of(session.Metadata));

    /// <summary>The report after another message of the program.</summary>
    public AppReport After(ClientMessage message)
    {
        var after = new AppReport(message.Symbol ?? Symbol, message.BotVersion ?? BotVersion, message.Status ?? Status, message.Metadata is null ? Figures : Telemetry.Of(message.Metadata));
        // Nearly every message repeats the values of the one before: then the old strings stay in memory.
        return after == this ? this : after;
    }
}
