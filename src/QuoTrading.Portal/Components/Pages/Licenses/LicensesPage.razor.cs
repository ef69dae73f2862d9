using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The list of licenses. Its address contains the filter, but never a key, which is a secret.</summary>
public sealed partial class LicensesPage
{
    // Without it, each key would start a search.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<long, LicenseItem> selected = [];
    private IDisposable? subscription;
    private OnlineSnapshot online = new([], DateTime.UnixEpoch);
    private LicenseQuery wanted = new();
    private IReadOnlyList<string> plans = [];
    private IReadOnlyList<SharedLicense> shared = [];
    private IReadOnlyList<LicenseTarget> targets = [];
    private ActionKind kind;
    private Dialog open;
    private PortalRole role;
    private string search = "";
    private string? written;
    private int count;
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

    [Inject]
    public required SharingRanking Ranking { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    private bool AllShownSelected => Shown is { Items.Count: > 0 } shown && shown.Items.All(item => selected.ContainsKey(item.Id));

    private IEnumerable<string> PlanChoices => wanted.Plan is { } plan && !plans.Contains(plan, StringComparer.Ordinal) ? plans.Append(plan) : plans;

    // Null unless the list filters by signs of sharing.
    private IReadOnlyDictionary<long, SharingSignals>? Signs => wanted.Sharing ? shared.ToDictionary(license => license.LicenseId, license => license.Signals) : null;

    private string ExpiresChoice => choosingRange || wanted.Range != default ? "range" : wanted.Expires ?? "";

    // None for a key: an export of one license is of no use, and its address would contain the key.
    private string? ExportHref => secret || Query.Problems.Count > 0 ? null : Navigation.GetUriWithQueryParameters(LicenseExport.Path, wanted.ToParameters());

    protected override void Dispose(bool disposing)
    {
        subscription?.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task OnInitializedAsync()
    {
        role = (await Who.GetAsync()).Role;
        await base.OnInitializedAsync();
    }

    protected override void Understand(ListQuery query)
    {
        wanted = LicenseQuery.Read(query);
        // The page's own change of the address must not undo what was typed since, nor lose a key that the address leaves out.
        if (written == Navigation.Uri) wanted = wanted with { Search = search.Trim() is { Length: > 0 } typed ? typed : null };
        else (search, secret) = (query.Raw("q") ?? "", false);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || Gone.IsCancellationRequested) return;
        subscription = Monitor.Subscribe("licenses page", MonitorChanged);
        online = Monitor.Current;
        StateHasChanged();
    }

    private static T? ReadName<T>(object? value) where T : struct, Enum => Enum.TryParse<T>(value as string, out var name) ? name : null;

    private static DateOnly? ReadDay(object? value) => DateOnly.TryParseExact(value as string, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private void MonitorChanged()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 0) _ = OnCircuitAsync(ShowOnlineAsync);
    }

    // Most pushes change nothing here, because the list shows only the seats in use.
    private Task ShowOnlineAsync()
    {
        Interlocked.Exchange(ref refreshing, 0);
        if (Gone.IsCancellationRequested) return Task.CompletedTask;
        var before = online;
        online = Monitor.Current;
        if (Shown?.Items.Any(item => before.SeatsInUse(item.Id) != online.SeatsInUse(item.Id)) == true) StateHasChanged();
        return Task.CompletedTask;
    }
}
