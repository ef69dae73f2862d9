using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The list of licenses. Its address says what it shows, but for a whole key: that one is a secret.</summary>
public sealed partial class LicensesPage : IDisposable
{
    // Nobody wants an answer to each key he presses.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource gone = new();
    private readonly Dictionary<long, LicenseItem> selected = [];
    private CancellationTokenSource? loading;
    private IDisposable? subscription;
    private OnlineSnapshot online = new([], DateTime.UnixEpoch);
    private LicenseQuery query = new();
    private Page<LicenseItem>? shown;
    private IReadOnlyList<string> plans = [];
    private IReadOnlyList<SharedLicense> shared = [];
    private IReadOnlyList<LicenseTarget> targets = [];
    private ActionKind kind;
    private Dialog open;
    private PortalRole role;
    private string search = "";
    private string? written;
    private int count;
    private bool counted;
    private bool failed;
    private bool secret;
    private bool choosingRange;
    private int refreshing;

    private enum Dialog
    {
        None,
        Create,
        Test,
        Act,
    }

    [SupplyParameterFromQuery(Name = "q")]
    public string? SearchText { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateText { get; set; }

    [SupplyParameterFromQuery(Name = "plan")]
    public string? PlanText { get; set; }

    [SupplyParameterFromQuery(Name = "expires")]
    public string? ExpiresText { get; set; }

    [SupplyParameterFromQuery(Name = "sharing")]
    public string? SharingText { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    public string? SortText { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    [Inject]
    public required LicenseCatalog Catalog { get; set; }

    [Inject]
    public required SharingRanking Ranking { get; set; }

    [Inject]
    public required IOnlineBoard Board { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required ILogger<LicensesPage> Log { get; set; }

    private bool AllShownSelected => shown is { Items.Count: > 0 } && shown.Items.All(item => selected.ContainsKey(item.Id));

    private IEnumerable<string> PlanChoices => query.Plan is { } plan && !plans.Contains(plan, StringComparer.Ordinal) ? plans.Append(plan) : plans;

    // Null unless they are asked for.
    private IReadOnlyDictionary<long, SharingSignals>? Signs => query.Sharing ? shared.ToDictionary(license => license.LicenseId, license => license.Signals) : null;

    private string ExpiresChoice => choosingRange || query.Range != default ? "range" : query.Expires ?? "";

    // A file of what one key finds is of no use, and its address would tell the key.
    private string? ExportHref => secret || query.Problems.Count > 0 ? null : Navigation.GetUriWithQueryParameters(LicenseExport.Path, query.ToParameters());

    public void Dispose()
    {
        subscription?.Dispose();
        gone.Cancel();
        gone.Dispose();
        loading?.Dispose();
    }

    protected override async Task OnInitializedAsync() => role = (await Who.GetAsync()).Role;

    protected override Task OnParametersSetAsync()
    {
        query = LicenseQuery.Read(SearchText, StateText, PlanText, ExpiresText, SharingText, SortText);
        // Our own change of the address comes back here: it must not undo what was typed since, nor lose a key it does not tell.
        if (written == Navigation.Uri) query = query with { Search = search.Trim() is { Length: > 0 } typed ? typed : null };
        else (search, secret) = (SearchText ?? "", false);
        return LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || gone.IsCancellationRequested) return;
        subscription = Board.Subscribe("licenses page", BoardChanged);
        online = Board.Current;
        StateHasChanged();
    }

    private static T? ReadName<T>(object? value) where T : struct, Enum => Enum.TryParse<T>(value as string, out var name) ? name : null;

    private static DateOnly? ReadDay(object? value) => DateOnly.TryParseExact(value as string, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private void BoardChanged()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 0) _ = OnCircuitAsync(ShowOnline);
    }

    private async Task OnCircuitAsync(Action work)
    {
        try
        {
            await InvokeAsync(work);
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

    // Most pushes change nothing here: only the seats in use are shown.
    private void ShowOnline()
    {
        Interlocked.Exchange(ref refreshing, 0);
        if (gone.IsCancellationRequested) return;
        var before = online;
        online = Board.Current;
        if (shown?.Items.Any(item => before.SeatsInUse(item.Id) != online.SeatsInUse(item.Id)) == true) StateHasChanged();
    }
}
