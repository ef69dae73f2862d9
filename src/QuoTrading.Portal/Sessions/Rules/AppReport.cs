namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What one of several programs of a device told of itself. What it never told is null; what it did not repeat stays.</summary>
/// <param name="Status"><c>online</c> or <c>idle</c>.</param>
/// <param name="Figures">Read from its last metadata; the metadata itself is kept once a session.</param>
public sealed record AppReport(string? Symbol, string? BotVersion, string? Status, Telemetry Figures)
{
    /// <summary>Of a program that told nothing yet.</summary>
    public static AppReport Nothing { get; } = new(null, null, null, Telemetry.None);

    /// <summary>Of a program that has had the session for itself so far: all that the session knows was told by it.</summary>
    public static AppReport Of(LiveSession session) => new(session.Symbol, session.BotVersion, session.Status, Telemetry.Of(session.Metadata));

    /// <summary>After another message of the program.</summary>
    public AppReport After(ClientMessage message)
    {
        var after = new AppReport(message.Symbol ?? Symbol, message.BotVersion ?? BotVersion, message.Status ?? Status, message.Metadata is null ? Figures : Telemetry.Of(message.Metadata));
        // Nearly always it says what it said before: then the old texts stay.
        return after == this ? this : after;
    }
}
