using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Keeps a device of a license out, online or not. Follows its live session while the dialog is open.</summary>
public sealed partial class KeepOutDialog
{
    private static readonly string[] Presets = ["Customer asked for it", "Shared key", "Not the customer's device", "Payment problem"];

    private readonly PageAction action = new();
    private readonly PositionConsent consent = new();
    private List<OnlineRow> live = [];
    private string reason = "";
    private int minutes = KeepOutTimes.Usual;
    private bool asked;

    [Parameter, EditorRequired]
    public required LicenseItem License { get; set; }

    /// <summary>Its fingerprint.</summary>
    [Parameter, EditorRequired]
    public required string Device { get; set; }

    /// <summary>The name that the device reports.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>The license's live sessions, in their current state.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<OnlineRow> Live { get; set; }

    /// <summary>True if the dialog closes after the action, which may have found the license deleted.</summary>
    [Parameter]
    public EventCallback<bool> Closed { get; set; }

    [Inject]
    public required ISessionService Service { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    protected override void OnParametersSet()
    {
        live = [.. Live.Where(row => row.Device == Device)];
        consent.Follow(live);
    }

    private async Task KeepOutAsync()
    {
        asked = true;
        if (string.IsNullOrWhiteSpace(reason) || consent.IsMissing) return;
        await action.RunAsync(async () =>
        {
            var done = await Service.KeepOutAsync(await Who.GetAsync(), License.Id, Device, reason, KeepOutTimes.Length(minutes));
            if (done is null) Notices.Failed("The device is not kept out", "The license has been deleted meanwhile.");
            else Notices.Done($"{Name ?? Format.Fingerprint(Device)} is kept out {KeepOutTimes.Words(minutes)}", done.WasLive ? "Its session has ended." : null);
            await Closed.InvokeAsync(true);
        }, new("You may not keep devices out.", Invalid: ""));
    }
}
