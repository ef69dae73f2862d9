using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Overview;

/// <summary>The start page. The number of live sessions is pushed; the rest is read every few seconds, once for all open pages.</summary>
public sealed partial class OverviewPage : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(4);

    private static readonly (ChartSpan Span, string Name, string Text)[] Spans = [(ChartSpan.Day, "24h", "24 hours"), (ChartSpan.Week, "7d", "7 days"), (ChartSpan.Month, "30d", "30 days")];

    private readonly CancellationTokenSource gone = new();
    private IDisposable? subscription;
    private PeriodicTimer? timer;
    private OverviewNumbers? numbers;
    private ChartShape? shape;
    private IReadOnlyList<SharedLicense>? shared;
    private bool sharedFailed;
    private bool failed;
    private int online;
    private int refreshing;
    private string find = "";
    private string? findTold;

    [SupplyParameterFromQuery(Name = "chart")]
    public string? ChartQuery { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required Portal.History.Overview Overview { get; set; }

    [Inject]
    public required LicenseQueries Licenses { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required ILogger<OverviewPage> Log { get; set; }

    private ChartSpan Span => Array.Find(Spans, span => span.Name == ChartQuery).Span;

    public void Dispose()
    {
        gone.Cancel();
        subscription?.Dispose();
        timer?.Dispose();
        gone.Dispose();
    }

    protected override Task OnParametersSetAsync() => RefreshAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || gone.IsCancellationRequested) return;
        subscription = Monitor.Subscribe("overview page", MonitorChanged);
        ShowOnline();
        _ = RunAsync(ReadSharedAsync);
        _ = RunAsync(WatchAsync);
    }

    // Runs on the publisher's thread: only queues a refresh on the circuit.
    private void MonitorChanged()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 0) _ = RunAsync(() => InvokeAsync(ShowOnline));
    }

    private void ShowOnline()
    {
        Interlocked.Exchange(ref refreshing, 0);
        var now = Monitor.Current.Rows.Count;
        if (now == online || gone.IsCancellationRequested) return;
        online = now;
        StateHasChanged();
    }

    private async Task WatchAsync()
    {
        timer = new PeriodicTimer(Pace, Time);
        while (await timer.WaitForNextTickAsync(gone.Token))
            await InvokeAsync(async () =>
            {
                await RefreshAsync();
                StateHasChanged();
            });
    }

    private async Task RefreshAsync()
    {
        var (span, cancel) = (Span, gone.Token);
        try
        {
            // SQLite reads synchronously on the calling thread, and the circuit's thread must stay free for the page.
            var (read, chart) = await Task.Run(async () => (await Overview.ReadAsync(cancel), await Overview.ReadChartAsync(span, cancel)), cancel);
            if (span != Span) return;
            (numbers, failed) = (read, false);
            if (!ReferenceEquals(shape?.Chart, chart)) shape = new ChartShape(chart);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // The page was closed.
        }
        catch (Exception failure)
        {
            LogFailed(Log, failure);
            failed = true;
        }
    }

    /// <summary>Words open the list of licenses, in its address; a key opens its license, and never gets into an address.</summary>
    private async Task FindAsync()
    {
        var (typed, cancel) = (find.Trim(), gone.Token);
        findTold = null;
        if (typed.Length == 0) return;
        try
        {
            switch (await Task.Run(() => TypedSearch.ReadAsync(Licenses, typed, cancel), cancel))
            {
                case TypedSearch.License found:
                    Navigation.NavigateTo($"/licenses/{found.Id}");
                    break;
                case TypedSearch.Unclear unclear:
                    findTold = unclear.Told;
                    break;
                default:
                    Navigation.NavigateTo($"/licenses?q={Uri.EscapeDataString(typed)}");
                    break;
            }
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            LogFailed(Log, failure);
            findTold = "The database does not answer. Try again in a moment.";
        }
    }

    private async Task ReadSharedAsync()
    {
        var cancel = gone.Token;
        try
        {
            shared = await Task.Run(() => Overview.ReadSharedAsync(cancel), cancel);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            LogFailed(Log, failure);
            sharedFailed = true;
        }

        await InvokeAsync(StateHasChanged);
    }

    private async Task RunAsync(Func<Task> workAsync)
    {
        try
        {
            await workAsync();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The page was closed while it waited.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The overview could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
