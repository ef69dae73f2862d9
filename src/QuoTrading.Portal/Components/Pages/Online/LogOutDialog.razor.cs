using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>Says what logging out does, and asks why. Follows the sessions while it is open: one may end, or open a position.</summary>
public sealed partial class LogOutDialog
{
    private const int Named = 5;

    private static readonly string[] Presets = ["Customer asked for it", "License in use elsewhere", "Bot hangs", "Payment problem"];

    private readonly HashSet<Guid> known = [];
    private List<OnlineRow> open = [];
    private string reason = "";
    private bool confirmed;
    private bool asked;

    /// <summary>Those still live, as they are now.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<OnlineRow> Sessions { get; set; }

    /// <summary>How many of them the list does not show.</summary>
    [Parameter]
    public int Hidden { get; set; }

    [Parameter]
    public bool Busy { get; set; }

    [Parameter]
    public EventCallback Cancelled { get; set; }

    /// <summary>With the reason, trimmed, once everything needed is given.</summary>
    [Parameter]
    public EventCallback<string> Confirmed { get; set; }

    private bool ReasonMissing => asked && string.IsNullOrWhiteSpace(reason);

    private string Title => Sessions.Count == 1 ? $"Log out {Sessions[0].CustomerEmail}?" : $"Log out {OnlineText.Sessions(Sessions.Count)}?";

    /// <summary>Old bots, and idle ones, may hold a position without a word about it.</summary>
    private int Untold => Sessions.Count(row => row.Telemetry.Position is null);

    private string UntoldText => Sessions.Count == 1
        ? "This client has not told its position: it may have an open one."
        : $"{OnlineText.Count(Untold)} of {OnlineText.Count(Sessions.Count)} {(Untold == 1 ? "has" : "have")} not told a position: there may be an open one.";

    private string OpenTitle => Sessions.Count == 1
        ? "It has an open position:"
        : $"{OnlineText.Count(open.Count)} of {OnlineText.Count(Sessions.Count)} {(open.Count == 1 ? "has" : "have")} an open position:";

    protected override void OnParametersSet()
    {
        open = Sessions.Where(row => row.Telemetry.HasOpenPosition).ToList();
        // A consent counts for the positions it was given for, not for one opened since.
        foreach (var row in open)
            if (known.Add(row.SessionId)) confirmed = false;
    }

    private async Task ConfirmAsync()
    {
        asked = true;
        if (ReasonMissing || (open.Count > 0 && !confirmed)) return;
        await Confirmed.InvokeAsync(reason.Trim());
    }
}
