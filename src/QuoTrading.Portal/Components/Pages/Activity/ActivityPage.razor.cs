using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Activity;

/// <summary>What happened. While its first page is open, what is new is announced, and never pushed under the pointer.</summary>
public sealed partial class ActivityPage
{
    private const int MostNewer = 99;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(4);

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Kinds = [.. SessionWords.Kinds.Select(kind => KeyValuePair.Create(kind.Key, SessionWords.Kind(kind.Value)))];

    private EventFilter filter = new();
    private IReadOnlyDictionary<(long License, string Device), string> names = new Dictionary<(long License, string Device), string>();
    private PeriodicTimer? timer;
    private int newer;

    [Inject]
    public required EventArchive Archive { get; set; }

    [Inject]
    public required DeviceNames DeviceNames { get; set; }

    private bool IsFiltered => filter != new EventFilter();

    private bool OnlyConflicts => filter is { Kind: EventKind.Refused, Code: ActivityQuery.Conflict };

    private bool IsFirstPage => Query.Page is { After: null, Before: null };

    protected override void Understand(ListQuery query) => filter = ActivityQuery.Read(query);

    protected override async Task<Page<SessionEvent>> ReadAsync(PageRequest request, CancellationToken cancel)
    {
        var page = await Archive.ReadAsync(filter, request, cancel);
        var called = await DeviceNames.OfAsync([.. page.Items.Where(row => row is { LicenseId: not null, Device: not null }).Select(row => (row.LicenseId!.Value, row.Device!))], cancel);
        // An older question that is answered late must not undo a newer one.
        cancel.ThrowIfCancellationRequested();
        names = called;
        return page;
    }

    protected override long? LicenseOf(SessionEvent row) => row.LicenseId;

    protected override Task<Counted> CountAsync(CancellationToken cancel) => Archive.CountAsync(filter, cancel);

    protected override void Arrived() => newer = 0;

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && !Gone.IsCancellationRequested) _ = WatchAsync();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        timer?.Dispose();
    }

    private async Task WatchAsync()
    {
        timer = new PeriodicTimer(Pace, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(Gone)) await InvokeAsync(LookForNewerAsync);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The page went.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    /// <summary>Counts what came since the rows that show. That the store is away is no reason to tear the page down: the next turn asks again.</summary>
    internal async Task LookForNewerAsync()
    {
        if (!IsFirstPage || Busy || Failed || Shown is not { } shown) return;
        var (asked, since, cancel) = (filter, shown.Items is [var first, ..] ? first.Id : 0, Gone);
        try
        {
            var count = await Task.Run(() => Archive.CountNewerAsync(asked, since, MostNewer + 1, cancel), cancel);
            if (!ReferenceEquals(shown, Shown) || count == newer) return;
            newer = count;
            StateHasChanged();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Tell(failure);
        }
    }

    private string? NameOf(SessionEvent row) => row is { LicenseId: { } license, Device: { } device } ? names.GetValueOrDefault((license, device)) : null;

    private Task ShowNewer() => RetryAsync();

    // A reason belongs to what happened.
    private void KindChosen(string? kind) => Navigation.NavigateTo(AddressWith(("kind", kind), ("code", null)));

    private void ToggleConflicts() => Navigation.NavigateTo(OnlyConflicts
        ? AddressWith(("kind", null), ("code", null))
        : AddressWith(("kind", WireNames.Of(EventKind.Refused)), ("code", ActivityQuery.Conflict)));
}
