using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Node;

namespace QuoTrading.Portal.Components.Pages.SystemState;

/// <summary>The state of the portal, and its backups. Read from memory and the file system, once for all open pages.</summary>
public sealed partial class SystemPage : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource gone = new();
    private SystemFigures? figures;
    private DateTime opened;

    /// <summary><c>failed</c> if a copy could not be made.</summary>
    [SupplyParameterFromQuery(Name = "backup")]
    public string? BackupQuery { get; set; }

    [Inject]
    private SystemMonitor Monitor { get; set; } = null!;

    [Inject]
    public required BackupService Service { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    private FailedBackup? Refusal => BackupQuery is null ? null : Service.LastRefusal;

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        opened = Time.GetUtcNow().UtcDateTime;
        figures = await Monitor.ReadAsync(gone.Token);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && !gone.IsCancellationRequested) _ = WatchAsync(gone.Token);
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        try
        {
            using var pace = new PeriodicTimer(Pace, Time);
            while (await pace.WaitForNextTickAsync(cancel))
            {
                var read = await Monitor.ReadAsync(cancel);
                await InvokeAsync(() => Show(read));
            }
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

    private void Show(SystemFigures read)
    {
        figures = read;
        StateHasChanged();
    }
}
