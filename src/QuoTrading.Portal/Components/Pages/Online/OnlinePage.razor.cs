using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The live sessions. At each push, the page reads the shared snapshot again and keeps its own view of it.</summary>
public sealed partial class OnlinePage : IDisposable
{
    // A larger selection is not written into the address.
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
        // The parameters are strings, so that a value that cannot be read does not fail the page.
        opened = Guid.TryParse(SessionQuery, out var session) ? session : null;
        showsKeptOut = opened is null && BesideQuery == OnlineQuery.KeptOut;
        // Keeps the selection, and a search that the address leaves out because it has a key.
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
        subscription = Monitor.Subscribe("online page", MonitorChanged);
        Refresh();
    }

    // Runs on the publisher's thread: only queues a refresh on the circuit. While one waits, no second one is queued.
    private void MonitorChanged()
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
            // The page was closed while the call waited.
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

    // A key in the search is left out: it must be typed again there.
    private string InLicenses => view.ShareableSearch.Length == 0 ? "/licenses" : $"/licenses?q={Uri.EscapeDataString(view.ShareableSearch)}";

    // The other live sessions of the same license.
    private List<OnlineRow> OthersOf(Guid sessionId) =>
        view.Find(sessionId) is { } row ? [.. view.OfLicense(row.LicenseId).Where(mate => mate.SessionId != sessionId)] : [];

    // Screen readers announce the result of the person's own action, not every session that starts or ends.
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
