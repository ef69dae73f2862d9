using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>All details of one license. Live sessions are pushed; the rest is read again when a session starts or ends.</summary>
public sealed partial class LicensePage : IDisposable
{
    private const int NewestEvents = 50;
    private const int NewestAudit = 50;

    private readonly PageAction action = new();
    private readonly CancellationTokenSource gone = new();
    private IDisposable? subscription;
    private OnlineSnapshot online = new([], DateTime.UnixEpoch);
    private List<OnlineRow> live = [];
    private HashSet<Guid> loggedOut = [];
    private LicenseItem? license;
    private LicenseUse? use;
    private IReadOnlyList<DeviceMark> keptOut = [];
    private IReadOnlyList<SessionEvent> events = [];
    private IReadOnlyList<AuditEntry> audit = [];
    private LogOutFlow? flow;
    private LicenseDialog open;
    private ActionKind kind;
    private string device = "";
    private PortalRole role;
    private bool loaded;
    private bool failed;
    private bool storyFailed;
    private int refreshing;

    [Parameter]
    public long Id { get; set; }

    [Inject]
    public required LicenseQueries Queries { get; set; }

    [Inject]
    public required LicenseUsage Usage { get; set; }

    [Inject]
    public required KeptOutDevices KeptOut { get; set; }

    [Inject]
    public required EventQueries Events { get; set; }

    [Inject]
    public required AuditOfTarget Audit { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required ISessionService Service { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required ILogger<LicensePage> Log { get; set; }

    private DateTime Now => Time.GetUtcNow().UtcDateTime;

    private IReadOnlyList<string> KnownDevices => use is null ? [] : [.. use.Devices.Select(device => device.Device)];

    private string? NameOf(string fingerprint) => use is null ? null : DevicesCard.NameOf(use.Sessions, fingerprint);

    public void Dispose()
    {
        subscription?.Dispose();
        gone.Cancel();
        gone.Dispose();
    }

    protected override async Task OnInitializedAsync() => role = (await Who.GetAsync()).Role;

    protected override Task OnParametersSetAsync()
    {
        (license, use, loaded) = (null, null, false);
        return LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || gone.IsCancellationRequested) return;
        subscription = Monitor.Subscribe("license page", MonitorChanged);
        _ = OnCircuitAsync(ShowOnlineAsync);
    }

    private void MonitorChanged()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 0) _ = OnCircuitAsync(ShowOnlineAsync);
    }

    private async Task OnCircuitAsync(Func<Task> work)
    {
        try
        {
            await InvokeAsync(work);
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

    private Task ShowOnlineAsync()
    {
        Interlocked.Exchange(ref refreshing, 0);
        if (gone.IsCancellationRequested) return Task.CompletedTask;
        online = Monitor.Current;
        var before = live;
        loggedOut.RemoveWhere(id => online.Find(id) is null);
        live = online.Of(Id).Where(row => !loggedOut.Contains(row.SessionId)).ToList();
        if (before.SequenceEqual(live, ReferenceEqualityComparer.Instance)) return Task.CompletedTask;
        StateHasChanged();
        var came = before.Select(row => row.SessionId).ToHashSet();
        return came.SetEquals(live.Select(row => row.SessionId)) ? Task.CompletedTask : LoadAsync();
    }
}
