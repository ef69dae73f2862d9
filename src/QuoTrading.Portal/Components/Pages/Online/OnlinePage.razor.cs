using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The live sessions. Changes are pushed; the page reads the shared snapshot again, and keeps its own view of it.</summary>
public sealed partial class OnlinePage : IDisposable
{
    // So many a bookmark can carry.
    private const int MostSelectedInAddress = 20;

    private readonly OnlineView view = new();
    private IDisposable? subscription;
    private OnlineAddress? address;
    private LogOutFlow? flow;
    private Guid? opened;
    private bool showsKeptOut;
    private string announcement = "";
    private bool loaded;
    private bool mayLogOut;
    private bool disposed;
    private int refreshing;

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? SortQuery { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    public string? StatusQuery { get; set; }

    [SupplyParameterFromQuery(Name = "open")]
    public string? OpenQuery { get; set; }

    [SupplyParameterFromQuery(Name = "license")]
    public string? LicenseQuery { get; set; }

    [SupplyParameterFromQuery(Name = "session")]
    public string? SessionQuery { get; set; }

    [SupplyParameterFromQuery(Name = "list")]
    public string? BesideQuery { get; set; }

    [SupplyParameterFromQuery(Name = "selected")]
    public string? SelectedQuery { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required IJSRuntime Script { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    public void Dispose()
    {
        disposed = true;
        subscription?.Dispose();
    }

    protected override async Task OnInitializedAsync() => mayLogOut = (await Who.GetAsync()).Role >= PortalRole.Support;

    protected override void OnParametersSet()
    {
        address ??= new OnlineAddress(Navigation, Script);
        var change = address.Read();
        if (change == AddressChange.Nothing) return;
        // As texts: what somebody mended by hand in an address must not take the page down.
        opened = Guid.TryParse(SessionQuery, out var session) ? session : null;
        showsKeptOut = opened is null && BesideQuery == OnlineQuery.KeptOut;
        // A search that the address does not name stays, and so does what is selected.
        if (change == AddressChange.Beside) return;
        view.SearchFor(Query);
        view.OrderBy(OnlineQuery.ReadSort(SortQuery));
        view.FilterBy(new OnlineFilter(StatusQuery is "online" or "idle" ? StatusQuery : null, OpenQuery == "1",
            long.TryParse(LicenseQuery, NumberStyles.None, CultureInfo.InvariantCulture, out var license) ? license : null));
        if (loaded) view.SelectOnly(OnlineQuery.ReadSessions(SelectedQuery));
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || disposed) return;
        subscription = Monitor.Subscribe("online page", BoardChanged);
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
        view.Show(Monitor.Current);
        if (!loaded) view.SelectOnly(OnlineQuery.ReadSessions(SelectedQuery));
        loaded = true;
        StateHasChanged();
    }

    private Task ShowAll()
    {
        view.SearchFor("");
        view.FilterBy(OnlineFilter.None);
        return ViewChanged();
    }

    private Task SelectNone()
    {
        view.SelectNone();
        return ViewChanged();
    }

    private Task SortBy(OnlineColumn column)
    {
        view.OrderBy(view.SortAfterClick(column));
        return ViewChanged();
    }

    private Task Open(Guid sessionId)
    {
        (opened, showsKeptOut) = (sessionId, false);
        return ViewChanged();
    }

    private Task ToggleKeptOut()
    {
        (opened, showsKeptOut) = (null, !showsKeptOut);
        return ViewChanged();
    }

    private Task Close()
    {
        (opened, showsKeptOut) = (null, false);
        return ViewChanged();
    }

    // A key in the search is left out: it is to be given there anew.
    private string InLicenses => view.ShareableSearch.Length == 0 ? "/licenses" : $"/licenses?q={Uri.EscapeDataString(view.ShareableSearch)}";

    // What else is live of the same license.
    private List<OnlineRow> MatesOf(Guid sessionId) =>
        view.Find(sessionId) is { } row ? [.. view.OfLicense(row.LicenseId).Where(mate => mate.SessionId != sessionId)] : [];

    // Screen readers hear what their own action did; they do not hear every bot that comes and goes.
    private Task ViewChanged()
    {
        announcement = $"{OnlineFormat.Count(view.Shown.Count)} of {OnlineFormat.Sessions(view.Online)} shown";
        return address!.WriteAsync(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["q"] = view.ShareableSearch.Length == 0 ? null : view.ShareableSearch,
            ["sort"] = OnlineQuery.WriteSort(view.Sort),
            ["status"] = view.Filter.Status,
            ["open"] = view.Filter.OnlyOpen ? "1" : null,
            ["license"] = view.Filter.LicenseId,
            ["session"] = opened,
            ["list"] = showsKeptOut ? OnlineQuery.KeptOut : null,
            ["selected"] = view.Selected.Count is > 0 and <= MostSelectedInAddress ? string.Join(',', view.Selected) : null,
        });
    }
}
