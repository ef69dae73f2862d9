using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The live sessions. Changes are pushed; the page reads the shared snapshot again, and keeps its own view of it.</summary>
public sealed partial class OnlinePage : IDisposable
{
    private readonly OnlineView view = new();
    private IDisposable? subscription;
    private IReadOnlyList<Guid> asked = [];
    private string announcement = "";
    private string? writtenQuery;
    private bool loaded;
    private bool mayLogOut;
    private bool busy;
    private bool disposed;
    private int refreshing;

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? SortQuery { get; set; }

    [Inject]
    public required IOnlineBoard Board { get; set; }

    [Inject]
    public required ISessionDesk Desk { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    private IReadOnlyList<OnlineRow> AskedRows => asked.Select(view.Find).OfType<OnlineRow>().ToList();

    private int AskedHidden
    {
        get
        {
            if (asked.Count <= 1) return 0;
            var shown = view.Shown.Select(row => row.SessionId).ToHashSet();
            return AskedRows.Count(row => !shown.Contains(row.SessionId));
        }
    }

    public void Dispose()
    {
        disposed = true;
        subscription?.Dispose();
    }

    protected override async Task OnInitializedAsync() => mayLogOut = (await Who.GetAsync()).Role >= PortalRole.Support;

    protected override void OnParametersSet()
    {
        // Our own change of the address comes back here, possibly after the next key was pressed: it must not undo that.
        if (writtenQuery is not null) return;
        view.SearchFor(Query);
        view.OrderBy(OnlineQuery.ReadSort(SortQuery));
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || disposed) return;
        subscription = Board.Subscribe("online page", BoardChanged);
        Refresh();
    }

    // On the publisher's thread: mark, hand over, return. As long as one refresh waits, no second one is queued.
    private void BoardChanged()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 0) _ = RefreshOnCircuitAsync();
    }

    private async Task RefreshOnCircuitAsync()
    {
        try
        {
            await InvokeAsync(Refresh);
        }
        catch (ObjectDisposedException)
        {
            // The page went while the call waited.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private void Refresh()
    {
        Interlocked.Exchange(ref refreshing, 0);
        if (disposed) return;
        view.Show(Board.Current);
        loaded = true;
        StateHasChanged();
    }

    // Bound, not set by value: then a late answer of the server never puts back what was typed before the last key.
    private void SearchChanged(string? typed)
    {
        view.SearchFor(typed);
        ViewChanged();
    }

    private void ClearSearch()
    {
        view.SearchFor("");
        ViewChanged();
    }

    private void ColumnChosen(ChangeEventArgs change)
    {
        view.OrderBy(OnlineQuery.ReadSort(change.Value as string));
        ViewChanged();
    }

    private void SortBy(OnlineColumn column)
    {
        view.OrderBy(view.SortAfterClick(column));
        ViewChanged();
    }

    private void TurnRound()
    {
        view.OrderBy(view.Sort with { Descending = !view.Sort.Descending });
        ViewChanged();
    }

    // Screen readers hear what their own action did; they do not hear every bot that comes and goes.
    private void ViewChanged()
    {
        announcement = $"{OnlineText.Count(view.Shown.Count)} of {OnlineText.Sessions(view.Online)} shown";
        writtenQuery = Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["q"] = view.ShareableSearch.Length == 0 ? null : view.ShareableSearch,
            ["sort"] = OnlineQuery.WriteSort(view.Sort),
        });
        Navigation.NavigateTo(writtenQuery, replace: true);
    }

    private void AskFor(Guid sessionId) => asked = [sessionId];

    private void AskForSelection() => asked = [.. view.Selected];

    private void Cancel() => asked = [];

    private async Task LogOutAsync(string reason)
    {
        if (busy) return;
        busy = true;
        try
        {
            var results = await Desk.LogOutAsync(await Who.GetAsync(), AskedRows.Select(row => row.SessionId).ToList(), reason);
            var live = results.Count(result => result.WasLive);
            view.Remove(results.Select(result => result.Session.SessionId));
            asked = [];
            Notices.Done(live == 1 ? $"Logged out {OnlineText.Who(results.First(result => result.WasLive).Session)}" : $"Logged out {OnlineText.Sessions(live)}",
                results.Count > live ? $"{OnlineText.Sessions(results.Count - live)} had ended already." : "The customer can log in again at once.");
        }
        catch (ForbiddenException refused)
        {
            asked = [];
            Notices.Failed("You may not log sessions out", refused.Message);
        }
        catch (ArgumentException wrong)
        {
            Notices.Failed("Nobody was logged out", wrong.Message);
        }
        catch (StoreUnavailableException)
        {
            Notices.StoreUnavailable();
        }
        finally
        {
            busy = false;
        }
    }
}
