using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.History;

/// <summary>All details and events of one session.</summary>
public sealed partial class SessionDrawer : IDisposable
{
    private const int MostEvents = 100;

    private readonly CancellationTokenSource gone = new();
    private PastSession? record;
    private IReadOnlyList<SessionEvent> events = [];
    private bool exists;
    private bool loaded;
    private bool failed;

    /// <summary>The ID as it is in the address.</summary>
    [Parameter, EditorRequired]
    public required string SessionId { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    [Inject]
    public required SessionQueries Queries { get; set; }

    [Inject]
    public required EventQueries Events { get; set; }

    [Inject]
    public required LicenseQueries Licenses { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required ILogger<SessionDrawer> Log { get; set; }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        failed = false;
        var cancel = gone.Token;
        try
        {
            await Task.Run(() => ReadAsync(cancel), cancel);
            loaded = true;
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

    private async Task ReadAsync(CancellationToken cancel)
    {
        if (!Guid.TryParse(SessionId, out var id)) return;
        var found = await Queries.FindAsync(id, cancel);
        if (found is null) return;
        events = (await Events.ReadAsync(new EventFilter(SessionId: id), new PageRequest(Size: MostEvents), cancel)).Items;
        exists = (await Licenses.WhichExistAsync([found.LicenseId], cancel)).Count > 0;
        record = found;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A session could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
