using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>Explains the logout and asks for the reason. Follows the sessions while it is open: one may end, or open a position.</summary>
public sealed partial class LogOutDialog
{
    private const int Named = 5;

    private static readonly string[] Presets = ["Customer asked for it", "License in use elsewhere", "Bot hangs", "Payment problem"];

    // From this number of sessions on, a second confirmation is required: a mistake would be costly.
    private const int AskTwiceFrom = 20;

    private readonly PositionConsent consent = new();
    private string reason = "";
    private bool keepsOut;
    private int keepOutMinutes = KeepOutTimes.Usual;
    private bool suspends;
    private bool manyConfirmed;
    private bool asked;

    /// <summary>The chosen sessions that are still live, in their current state.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<OnlineRow> Sessions { get; set; }

    /// <summary>How many of them the list does not show now.</summary>
    [Parameter]
    public int Hidden { get; set; }

    [Parameter]
    public bool Busy { get; set; }

    [Parameter]
    public EventCallback Cancelled { get; set; }

    /// <summary>Raised once all required input is given.</summary>
    [Parameter]
    public EventCallback<LogOutWish> Confirmed { get; set; }

    private int Licenses => Sessions.Select(row => row.LicenseId).Distinct().Count();

    private int Customers => Sessions.Select(row => row.CustomerEmail).Distinct(StringComparer.Ordinal).Count();

    private bool Many => Sessions.Count >= AskTwiceFrom;

    private string Afterwards => (suspends, keepsOut) switch
    {
        (true, _) => "Nobody can log in with the license until it is reactivated.",
        (_, true) => $"The device cannot log in again {KeepOutTimes.Words(keepOutMinutes)}; other devices of the customer can.",
        _ => "The customer can log in again at once.",
    };

    private bool ReasonMissing => asked && string.IsNullOrWhiteSpace(reason);

    private string Title => Sessions.Count == 0 ? "Ended meanwhile" : Sessions.Count == 1 ? $"Log out {Sessions[0].CustomerEmail}?" : $"Log out {OnlineFormat.Sessions(Sessions.Count)}?";

    /// <summary>How many have not reported a position; old and idle bots may still hold one.</summary>
    private int Untold => Sessions.Count(row => !row.TellsPosition);

    private string UntoldText => Sessions.Count == 1
        ? "This client has not told its position: it may have an open one."
        : $"{OnlineFormat.Count(Untold)} of {OnlineFormat.Count(Sessions.Count)} {(Untold == 1 ? "has" : "have")} not told a position: there may be an open one.";

    protected override void OnParametersSet() => consent.Follow(Sessions);

    private async Task ConfirmAsync()
    {
        asked = true;
        if (ReasonMissing || consent.IsMissing || (Many && !manyConfirmed)) return;
        TimeSpan? keepOut = keepsOut ? KeepOutTimes.Length(keepOutMinutes) : null;
        await Confirmed.InvokeAsync(new LogOutWish(reason.Trim(), keepOut, suspends));
    }
}

/// <summary>What was confirmed in the dialog.</summary>
/// <param name="Reason">Trimmed, not empty.</param>
/// <param name="KeepOut">
/// How long the devices are also kept out; <see cref="Timeout.InfiniteTimeSpan"/> for good, null not at all.
/// </param>
/// <param name="Suspend">Also suspends the licenses.</param>
public sealed record LogOutWish(string Reason, TimeSpan? KeepOut = null, bool Suspend = false);
