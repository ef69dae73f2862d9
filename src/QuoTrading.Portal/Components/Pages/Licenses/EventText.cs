using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>How an event of a license reads.</summary>
public static class EventText
{
    public static string What(SessionEvent happened) => happened switch
    {
        { Kind: EventKind.LoggedIn } => "Logged in",
        { Kind: EventKind.Continued } => "Went on with its session",
        { Kind: EventKind.Resumed } => "Came back",
        { Kind: EventKind.Refused } => $"Refused: {Code(happened.Code)}",
        { Kind: EventKind.Ended } => $"Ended: {Code(happened.Code)}",
        { Kind: EventKind.KeptOut, Code: WireNames.KeepOutLifted } => "Let in again",
        { Kind: EventKind.KeptOut } => "Kept out",
        { Kind: EventKind.RateLimited } => "Too many requests",
        _ => $"License changed: {Code(happened.Code)}",
    };

    /// <summary>On which device, from where, by whom and why.</summary>
    public static string More(SessionEvent happened) => string.Join(" · ", new[]
    {
        happened.Device is { } device ? Words.Fingerprint(device) : null,
        happened.Address,
        happened.By is { } by ? $"by {by}" : null,
        happened.Detail,
    }.OfType<string>());

    public static string Icon(SessionEvent happened) => happened.Kind switch
    {
        EventKind.LoggedIn or EventKind.Continued or EventKind.Resumed => "login",
        EventKind.Refused or EventKind.RateLimited => "block",
        EventKind.Ended => "logout",
        EventKind.KeptOut => "do_not_disturb_on",
        _ => "edit",
    };

    public static string Tone(SessionEvent happened) => happened.Kind switch
    {
        EventKind.LoggedIn or EventKind.Continued or EventKind.Resumed => "gain",
        EventKind.Refused or EventKind.RateLimited => "loss",
        _ => "quiet-text",
    };

    // The closed vocabularies are words with lines between.
    private static string Code(string? code) => (code ?? "").Replace('_', ' ');
}
