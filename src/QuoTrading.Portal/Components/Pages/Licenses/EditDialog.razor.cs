using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Edits a license. If another person has changed it meanwhile, shows their changes field by field before saving.</summary>
public sealed partial class EditDialog
{
    private const int MostNamed = 10;

    private readonly PageAction action = new();
    private readonly PositionConsent consent = new();
    private FieldErrors errors = FieldErrors.None;
    private LicenseForm? form;
    private LicenseState? newer;
    private string reason = "";
    private bool asked;

    [Parameter]
    public long LicenseId { get; set; }

    /// <summary>True if the license was changed, here or by another person.</summary>
    [Parameter]
    public EventCallback<bool> Closed { get; set; }

    [Inject]
    public required LicenseService Service { get; set; }

    [Inject]
    public required ISessionService Sessions { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    // The value of the select element; empty means the setting for all licenses.
    private string Copied
    {
        get => form?.CopiedDevices?.ToString() ?? "";
        set
        {
            if (form is not null) form.CopiedDevices = Enum.TryParse<CopiedDevices>(value, out var chosen) ? chosen : null;
        }
    }

    // WouldEnd applies the session rules; the monitor has the rows. Empty while the input cannot be saved.
    private List<OnlineRow> Ending => form is null || form.Proposed == form.Loaded.Snapshot || form.Change.Check(Time.GetUtcNow().UtcDateTime) is not null ? [] : Sessions.WouldEnd(form.Proposed).Select(Monitor.Current.Find).OfType<OnlineRow>().ToList();

    protected override async Task OnInitializedAsync()
    {
        if (await Service.FindAsync(LicenseId) is { } state) form = new LicenseForm(state);
        else await Closed.InvokeAsync(true);
    }

    // Called at each render and before saving: a session may have opened a position since.
    private List<OnlineRow> Follow()
    {
        var ending = Ending;
        consent.Follow(ending);
        return ending;
    }

    private void LoadTheirs()
    {
        if (newer is not null) form = new LicenseForm(newer);
        (newer, errors, action.Problem) = (null, FieldErrors.None, null);
    }

    private Task SaveOnTopAsync()
    {
        if (newer is not null && form is not null) form = form.OnTopOf(newer);
        newer = null;
        return SaveAsync();
    }

    private async Task SaveAsync()
    {
        if (action.IsBusy || form is null || newer is not null) return;
        (errors, action.Problem) = (FieldErrors.None, null);
        if (!form.Never && form.Expires is null)
        {
            errors = new([new("expires_at", "Enter when it expires, or let it never expire.")]);
            return;
        }

        if (!form.IsChanged)
        {
            await Closed.InvokeAsync(false);
            return;
        }

        Follow();
        asked = consent.IsMissing;
        if (asked) return;

        await action.RunAsync(async () => await TellAsync(await Service.ChangeAsync(await Who.GetAsync(), LicenseId, form.Change, form.Loaded.Version, string.IsNullOrWhiteSpace(reason) ? null : reason.Trim())));
    }

    private async Task TellAsync(LicenseOutcome outcome)
    {
        switch (outcome)
        {
            case LicenseOutcome.Changed changed:
                Notices.Done("License saved", changed.SessionsEnded > 0 ? $"{Format.Count(changed.SessionsEnded, "session", "sessions")} ended." : null);
                await Closed.InvokeAsync(true);
                break;
            case LicenseOutcome.Outdated(var current):
                newer = current;
                break;
            case LicenseOutcome.Invalid invalid:
                errors = new(invalid.Errors);
                break;
            default:
                // Nothing had to be changed, or the license was deleted.
                await Closed.InvokeAsync(true);
                break;
        }
    }
}
