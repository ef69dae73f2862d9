using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Applies an action to one license or many: asks, then shows the progress and the result of each.</summary>
public sealed partial class ActionDialog : IDisposable
{
    private const int Named = 5;
    private const int MostTold = 200;

    private static readonly ActionWords Interrupted = new(
        "You may not do this.", Unavailable: "The database cannot be written now. What is done is done; the rest is as it was. Try again in a moment.");

    private static readonly int[] Presets = [7, 30, 90, 365];
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly PageAction action = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<BulkResult> results = [];
    private Stage stage;
    private int? days;
    private DateOnly? until;
    private string reason = "";
    private string typed = "";
    private bool leavesPositions;
    private string? problem;

    private enum Stage
    {
        Asking,
        Running,
        Over,
    }

    [Parameter, EditorRequired]
    public ActionKind Kind { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<LicenseTarget> Targets { get; set; }

    /// <summary>True if anything may have changed.</summary>
    [Parameter]
    public EventCallback<bool> Closed { get; set; }

    [Inject]
    public required LicenseBulk Bulk { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    private string Title => stage == Stage.Asking
        ? Targets.Count == 1 ? $"{ActionFormat.Verb(Kind)}: {Targets[0].CustomerEmail}" : $"{ActionFormat.Verb(Kind)}: {Format.Count(Targets.Count)} licenses"
        : $"{ActionFormat.Verb(Kind)}: {Format.Count(results.Count(result => result.Fate == BulkFate.Done))} done";

    private IEnumerable<OnlineRow> Ending => ActionFormat.EndsSessions(Kind) ? Targets.SelectMany(target => Monitor.Current.Of(target.Id)) : [];

    private int Sessions => Ending.Count();

    private int OpenPositions => Ending.Count(row => row.HasOpenPosition);

    private string Phrase => Targets.Count == 1 ? Targets[0].CustomerEmail : $"delete {Targets.Count} licenses";

    private List<BulkResult> NotDone => results.Where(result => result.Fate != BulkFate.Done).ToList();

    private string Progress => stage == Stage.Running
        ? $"{Format.Count(results.Count)} of {Format.Count(Targets.Count)}…"
        : $"{Format.Count(results.Count(result => result.Fate == BulkFate.Done))} done, {Format.Count(results.Count(result => result.Fate == BulkFate.Unchanged))} unchanged, "
            + $"{Format.Count(results.Count(result => result.Fate == BulkFate.Refused))} refused{(results.Count < Targets.Count ? $", {Format.Count(Targets.Count - results.Count)} not begun" : "")}. "
            + $"{Format.Count(results.Sum(result => result.SessionsEnded), "session", "sessions")} ended.";

    /// <summary>The input that is missing, in a sentence; null if the action can start.</summary>
    private string? Missing => this switch
    {
        { Kind: ActionKind.Extend, days: null, until: null } => "Choose by how much.",
        { Kind: ActionKind.Delete } when !string.Equals(typed.Trim(), Phrase, StringComparison.OrdinalIgnoreCase) => "Type the words to confirm.",
        { OpenPositions: > 0, leavesPositions: false } => "Confirm that open positions are left to the broker.",
        _ => null,
    };

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private void Choose(int preset) => (days, until) = (preset, null);

    private void Stop() => stop.Cancel();

    private BulkAction Wanted() => Kind switch
    {
        ActionKind.Extend when days is { } count => new BulkAction.Change(new LicenseChange.Extend(count)),
        ActionKind.Extend => new BulkAction.Change(new LicenseChange.ExtendTo(LicenseFormat.EndOf(until!.Value))),
        ActionKind.Suspend => new BulkAction.Change(new LicenseChange.Suspend()),
        ActionKind.Reactivate => new BulkAction.Change(new LicenseChange.Reactivate()),
        ActionKind.Cancel => new BulkAction.Change(new LicenseChange.Cancel()),
        _ => new BulkAction.Delete(),
    };

    private async Task RunAsync()
    {
        if (stage != Stage.Asking || Missing is not null) return;
        stage = Stage.Running;
        await action.RunAsync(DoAsync, Interrupted);
        stage = Stage.Over;
        await TellAloneAsync();
    }

    private async Task DoAsync()
    {
        try
        {
            var shown = Time.GetTimestamp();
            var why = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
            await foreach (var result in Bulk.RunAsync(await Who.GetAsync(), Targets, Wanted(), why, stop.Token))
            {
                results.Add(result);
                if (Time.GetElapsedTime(shown) < Pace) continue;
                shown = Time.GetTimestamp();
                StateHasChanged();
                // Lets the circuit handle other events, such as a click on "Stop here".
                await Task.Yield();
            }
        }
        catch (OperationCanceledException)
        {
            action.Problem = "Stopped. What is done is done; the rest is as it was.";
        }
    }

    // For one license there is no list of results: the dialog closes, or shows why the action was refused.
    private async Task TellAloneAsync()
    {
        if (Targets.Count != 1 || action.Problem is not null || results is not [var result]) return;
        if (result.Fate == BulkFate.Refused)
        {
            (problem, stage) = (result.Why, Stage.Asking);
            results.Clear();
            return;
        }

        Notices.Done(result.Fate == BulkFate.Done ? $"{ActionFormat.Past(Kind)}: {result.License.CustomerEmail}" : "Nothing to do",
            result.SessionsEnded > 0 ? $"{Format.Count(result.SessionsEnded, "session", "sessions")} ended." : result.Why);
        await Closed.InvokeAsync(true);
    }
}
