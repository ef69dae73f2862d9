using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Settings;

public sealed partial class SettingsPage
{
    private static readonly int[] Presets = [60, 90, 120];

    private readonly PageAction action = new();
    private SettingsForm form = new(new SessionSettings());
    private FieldErrors errors = FieldErrors.None;
    private SessionSettings? newer;
    private SettingsPreview? preview;
    private IReadOnlyList<string> consequences = [];
    private bool asksOnTop;
    private bool mayChange;

    [Inject]
    public required ISessionService Service { get; set; }

    [Inject]
    public required SessionSettingsRules Rules { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Reload();
        mayChange = (await Who.GetAsync()).Role >= PortalRole.Administrator;
    }

    private static string Untouched(SessionSettings now)
    {
        var usual = new SessionSettings();
        return now == usual
            ? "Nobody has changed anything yet: these are the defaults."
            : $"Nobody has changed anything here yet. The portal was set up with these; the defaults are a timeout of {usual.SessionTimeoutSeconds} s and an interval of {usual.HeartbeatIntervalSeconds} s.";
    }

    private void Reload()
    {
        form = new SettingsForm(Service.Settings);
        newer = null;
        consequences = [];
        Consider();
    }

    private void Edit(Action change)
    {
        change();
        Consider();
    }

    private void Consider()
    {
        errors = form.Check(Rules);
        preview = form.IsChanged && !errors.Any ? Service.Preview(form.Proposed) : null;
    }

    internal static string InWords(SettingsPreview preview)
    {
        var live = preview.Live == 1 ? "1 live session" : $"{Format.Count(preview.Live)} live sessions";
        var rare = preview.TooRare == 1 ? "1 beats too rarely for this timeout." : $"{Format.Count(preview.TooRare)} beat too rarely for this timeout.";
        var copied = preview.Copied == 0 ? "" : $" {Copies(preview.Copied)}.";
        return Ending() + copied;

        string Ending() => preview switch
        {
            { Live: 0 } => "No session is live now: nothing would end.",
            { WouldEnd: 0, TooRare: 0 } => $"None of {live} would end, and all beat often enough.",
            { TooRare: 0 } => $"{Format.Count(preview.WouldEnd)} of {live} would end at once.",
            { WouldEnd: 0 } => $"None of {live} would end at once; {rare}",
            _ => $"{Format.Count(preview.WouldEnd)} of {live} would end at once; {rare}",
        };
    }

    private static string Copies(int devices) => devices == 1
        ? "1 device looks copied now, and would be served in one place only"
        : $"{Format.Count(devices)} devices look copied now, and would each be served in one place only";

    /// <summary>The consequences that cannot be undone; empty if there are none.</summary>
    internal static IReadOnlyList<string> Consequences(SettingsPreview preview, SessionSettings before, SessionSettings after, DateTime utcNow)
    {
        var found = new List<string>();
        if (preview.WouldEnd > 0)
        {
            var positions = preview.WithPosition == 0 ? "" : $" {Format.Count(preview.WithPosition)} of them {(preview.WithPosition == 1 ? "has" : "have")} an open position: the bot leaves its broker and stops.";
            found.Add($"{Format.Count(preview.WouldEnd)} of {Format.Count(preview.Live)} live sessions {(preview.WouldEnd == 1 ? "ends" : "end")} at once.{positions}");
        }

        if (preview.TooRare > 0) found.Add($"{Format.Count(preview.TooRare)} of the others {(preview.TooRare == 1 ? "beats" : "beat")} too rarely for this timeout, and may time out between two heartbeats.");
        if (preview.TooManyOnSeat > 0) found.Add($"{Format.Count(preview.TooManyOnSeat)} {(preview.TooManyOnSeat == 1 ? "device shares" : "devices share")} a seat beyond this number: each needs a free seat at its next message, or its session ends.");
        if (preview.Copied > 0) found.Add($"{Copies(preview.Copied)}: that of the last login. At the other one the bot is refused at its next heartbeat, and stops.");
        if (after.HistoryRetentionDays < before.HistoryRetentionDays)
            found.Add($"Sessions and events from before {utcNow.AddDays(-after.HistoryRetentionDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} are deleted for good. So far they were kept for {Format.Count(before.HistoryRetentionDays)} days.");
        return found;
    }

    private async Task SaveAsync(bool onTop, bool isSure = false)
    {
        if (action.IsBusy) return;
        Consider();
        if (errors.Any) return;
        if (!onTop && Service.Settings.ChangedAt != form.Loaded.ChangedAt)
        {
            newer = Service.Settings;
            return;
        }

        consequences = isSure || preview is null ? [] : Consequences(preview, Service.Settings, form.Change.ApplyTo(Service.Settings), Time.GetUtcNow().UtcDateTime);
        asksOnTop = onTop;
        if (consequences.Count > 0) return;

        await action.RunAsync(async () =>
        {
            var wrong = await Service.ChangeSettingsAsync(await Who.GetAsync(), form.Change);
            if (wrong.Count > 0)
            {
                errors = SettingsForm.InWords(wrong);
                return;
            }

            Reload();
            Notices.Done("Settings saved", "They apply from the next request on.");
        }, new("You may not change settings"), Notices);
    }
}
