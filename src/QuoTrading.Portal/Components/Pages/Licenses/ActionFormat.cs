using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>An action on one license, or on many from the list.</summary>
public enum ActionKind
{
    Extend,
    Suspend,
    Reactivate,
    Cancel,
    Delete,
}

/// <summary>Texts and icons of the actions.</summary>
internal static class ActionFormat
{
    /// <summary>The actions that pages offer to a role; the services check the role as well.</summary>
    public static IReadOnlyList<ActionKind> For(PortalRole role) => role switch
    {
        PortalRole.Administrator => [ActionKind.Extend, ActionKind.Suspend, ActionKind.Reactivate, ActionKind.Cancel, ActionKind.Delete],
        PortalRole.Support => [ActionKind.Extend, ActionKind.Suspend, ActionKind.Reactivate],
        _ => [],
    };

    public static string Verb(ActionKind kind) => kind switch
    {
        // "Cancel" alone is the button that closes a dialog.
        ActionKind.Cancel => "Cancel license",
        _ => kind.ToString(),
    };

    public static string Icon(ActionKind kind) => kind switch
    {
        ActionKind.Extend => "more_time",
        ActionKind.Suspend => "pause_circle",
        ActionKind.Reactivate => "play_circle",
        ActionKind.Cancel => "cancel",
        _ => "delete",
    };

    /// <summary>True if the action ends the license's sessions.</summary>
    public static bool EndsSessions(ActionKind kind) => kind is ActionKind.Suspend or ActionKind.Cancel or ActionKind.Delete;

    /// <summary><c>Suspend 3 licenses, ending 2 sessions</c>.</summary>
    public static string Consequence(ActionKind kind, int licenses, int sessions) =>
        $"{Word(kind)} {Format.Count(licenses, "license", "licenses")}{(EndsSessions(kind) && sessions > 0 ? $", ending {Format.Count(sessions, "session", "sessions")}" : "")}";

    /// <summary>What the action means for the customer.</summary>
    public static string Meaning(ActionKind kind) => kind switch
    {
        ActionKind.Extend => "Days count from the expiry, or from now where it has passed. Clients learn of it with their next heartbeat.",
        ActionKind.Suspend => "Sessions end at once, and nobody logs in until the license is reactivated. Bots are told that the license is suspended, and stop trading.",
        ActionKind.Reactivate => "It can be used again at once. Bots that still run go on with their next heartbeat.",
        ActionKind.Cancel => "Sessions end at once, and nobody logs in any more. Only an administrator can bring it back.",
        _ => "Sessions end at once, the key is unknown from now on, and nothing brings it back. What happened stays in the history, without the customer's name and addresses.",
    };

    /// <summary>The verb in the past tense.</summary>
    public static string Past(ActionKind kind) => kind switch
    {
        ActionKind.Extend => "Extended",
        ActionKind.Suspend => "Suspended",
        ActionKind.Reactivate => "Reactivated",
        ActionKind.Cancel => "Cancelled",
        _ => "Deleted",
    };

    private static string Word(ActionKind kind) => kind == ActionKind.Cancel ? "Cancel" : Verb(kind);
}
