using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>All devices that are kept out now, with a button to let each in again.</summary>
public sealed partial class KeptOutDrawer : IDisposable
{
    private readonly PageAction action = new();
    private readonly CancellationTokenSource gone = new();
    private List<KeptOutDevice>? devices;
    private ElementReference content;
    private bool hasMore;
    private bool failed;

    /// <summary>UTC. A row disappears once its time has passed.</summary>
    [Parameter, EditorRequired]
    public DateTime Now { get; set; }

    [Parameter]
    public bool MayLift { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    [Inject]
    public required KeptOutDevices KeptOut { get; set; }

    [Inject]
    public required ISessionService Service { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required ILogger<KeptOutDrawer> Log { get; set; }

    private List<KeptOutDevice> InForce => [.. (devices ?? []).Where(device => device.Mark.Until is not { } until || until > Now)];

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        var cancel = gone.Token;
        failed = false;
        try
        {
            var list = await Task.Run(() => KeptOut.AllAsync(cancel), cancel);
            (devices, hasMore) = ([.. list.Devices], list.HasMore);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // Closed meanwhile.
        }
        catch (Exception failure)
        {
            LogFailed(Log, failure);
            failed = true;
        }
    }

    private static string NameOf(KeptOutDevice device) => device.DeviceName ?? Format.Fingerprint(device.Mark.Device);

    private string Summary(int count) => hasMore
        ? $"More than {Format.Count(KeptOutDevices.Most)} devices may not log in now. These are the latest; a license's own page shows all of its devices."
        : $"{Format.Count(count, "device", "devices")} may not log in now.";

    private Task LiftAsync(KeptOutDevice device) => action.RunAsync(async () =>
    {
        var (license, fingerprint) = (device.Mark.LicenseId, device.Mark.Device);
        var lifted = await Service.LiftKeepOutAsync(await Who.GetAsync(), license, fingerprint, cancel: CancellationToken.None);
        Notices.Done(lifted ? $"{NameOf(device)} may log in again" : "It is not kept out any more");
        devices!.Remove(device);
        if (gone.IsCancellationRequested) return;
        // The button disappears with its row, so the keyboard focus moves to the list.
        await content.FocusAsync();
        if (hasMore) await LoadAsync();
    }, new("You may not let devices in"), Notices);

    [LoggerMessage(Level = LogLevel.Error, Message = "The devices that are kept out could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
