using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Activity;

/// <summary>The list of events. Its first page announces new events but does not insert them: no row moves under the pointer.</summary>
public sealed partial class ActivityPage
{
    private const int MostNewer = 99;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(4);

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Kinds = [.. SessionFormat.Kinds.Select(kind => KeyValuePair.Create(kind.Key, SessionFormat.Kind(kind.Value)))];

    private EventFilter filter = new();
    private IReadOnlyDictionary<(long License, string Device), string> names = new Dictionary<(long License, string Device), string>();
    private PeriodicTimer? timer;
    private int newer;

    [Inject]
    public required EventQueries Queries { get; set; }

    [Inject]
    public required DeviceNames DeviceNames { get; set; }

    private bool IsFiltered => filter != new EventFilter();

    private bool OnlyConflicts => filter is { Kind: EventKind.Refused, Code: ActivityQuery.Conflict };

    private bool IsFirstPage => Query.Page is { After: null, Before: null };

    protected override void Understand(ListQuery query) => filter = ActivityQuery.Read(query);

    protected override async Task<Page<SessionEvent>> ReadAsync(PageRequest request, CancellationToken cancel)
    {
        var page = await Queries.ReadAsync(filter, request, cancel);
        var called = await DeviceNames.OfAsync([.. page.Items.Where(row => row is { LicenseId: not null, Device: not null }).Select(row => (row.LicenseId!.Value, row.Device!))], cancel);
        // A late answer to an older read must not overwrite a newer one.
        cancel.ThrowIfCancellationRequested();
        names = called;
        return page;
    }

    protected override long? LicenseOf(SessionEvent row) => row.LicenseId;

    protected override Task<Counted> CountAsync(CancellationToken cancel) => Queries.CountAsync(filter, cancel);

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
            // The page was closed.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    /// <summary>Counts the events newer than the rows shown. A failure is only logged: the next tick tries again.</summary>
    internal async Task LookForNewerAsync()
    {
        if (!IsFirstPage || Busy || Failed || Shown is not { } shown) return;
        var (asked, since, cancel) = (filter, shown.Items is [var first, ..] ? first.Id : 0, Gone);
        try
        {
            var count = await Task.Run(() => Queries.CountNewerAsync(asked, since, MostNewer + 1, cancel), cancel);
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

    // Codes belong to a kind, so a new kind clears the code.
    private void KindChosen(string? kind) => Navigation.NavigateTo(AddressWith(("kind", kind), ("code", null)));

    private void ToggleConflicts() => Navigation.NavigateTo(OnlyConflicts
        ? AddressWith(("kind", null), ("code", null))
        : AddressWith(("kind", WireNames.Of(EventKind.Refused)), ("code", ActivityQuery.Conflict)));
}
