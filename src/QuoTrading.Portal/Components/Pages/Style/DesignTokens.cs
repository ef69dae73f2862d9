namespace QuoTrading.Portal.Components.Pages.Style;

/// <summary>The names that <c>portal.css</c> gives to colours and distances, and what each is for.</summary>
internal static class DesignTokens
{
    /// <summary>Backgrounds, lines, and the colours of text and links.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Surfaces =
    [
        ("page", "Under everything"),
        ("surface", "Cards, lists, fields"),
        ("raised", "What lies above the page: dialogs, drawers, menus"),
        ("hover", "Under the pointer"),
        ("picked", "Chosen, or open beside the list"),
        ("line", "Between things, around cards"),
        ("line-strong", "Around what can be used: buttons, fields"),
        ("text", "Text"),
        ("text-2", "What explains a text, and labels"),
        ("accent", "What can be clicked; the one button that is meant"),
        ("accent-hover", "That button under the pointer"),
    ];

    /// <summary>Colours of states and of button texts, each with its background.</summary>
    public static readonly IReadOnlyList<(string Name, string Under, string Icon, string Meaning)> Pairs =
    [
        ("green", "green-soft", "check_circle", "Live, active, done"),
        ("amber", "amber-soft", "schedule", "About to expire, over a limit: worth a look"),
        ("red", "red-soft", "block", "Refused, blocked, ended by force, failed"),
        ("grey", "grey-soft", "pause_circle", "Idle, offline, over as it should be"),
        ("on-accent", "accent", "add", "The button that is meant"),
        ("on-red", "red", "logout", "The button that does harm"),
    ];

    /// <summary>Distances between things.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Gaps =
    [
        ("gap-1", "Within one line"),
        ("gap-2", "Between buttons"),
        ("gap-3", "Between rows and fields of a bar"),
        ("gap-4", "Between parts of a card"),
        ("gap-5", "Inside a card, between sections"),
        ("gap-6", "At the sides of a page"),
    ];
}
