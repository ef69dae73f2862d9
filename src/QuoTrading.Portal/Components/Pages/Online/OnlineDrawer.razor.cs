using System.Data.Common;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>All details of one live session. Follows the session while the drawer is open.</summary>
public sealed partial class OnlineDrawer : IDisposable
{
    private const int MostEvents = 20;

    private readonly CancellationTokenSource gone = new();
    private IReadOnlyList<SessionEvent>? events;
    private (Guid Session, bool IsLive)? read;
    private LiveSession? session;
    private IReadOnlyList<(string Name, string Value)> metadata = [];

    [Parameter, EditorRequired]
    public required Guid SessionId { get; set; }

    /// <summary>The current state of the session; null once it has ended.</summary>
    [Parameter]
    public OnlineRow? Row { get; set; }

    /// <summary>The other live sessions of the same license.</summary>
    [Parameter]
    public IReadOnlyList<OnlineRow> OtherSessions { get; set; } = [];

    [Parameter]
    public bool MayLogOut { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    [Parameter]
    public EventCallback<Guid> OpenClicked { get; set; }

    [Parameter]
    public EventCallback<IReadOnlyList<Guid>> LogOutClicked { get; set; }

    [Inject]
    public required IOnlineMonitor Monitor { get; set; }

    [Inject]
    public required EventQueries Events { get; set; }

    [Inject]
    public required ILogger<OnlineDrawer> Log { get; set; }

    private int OnSeat => Row is null ? 1 : 1 + OtherSessions.Count(other => other.Seat == Row.Seat);

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    protected override void OnParametersSet()
    {
        session = Monitor.Find(SessionId);
        metadata = MetadataText.Pairs(session?.Metadata);
    }

    // Reads the events when a session is opened and again when it ends, not with every push.
    protected override async Task OnParametersSetAsync()
    {
        var wanted = (SessionId, Row is not null);
        if (read == wanted) return;
        if (read?.Session != SessionId) events = null;
        read = wanted;
        try
        {
            var page = await Task.Run(() => Events.ReadAsync(new EventFilter(SessionId: SessionId), new PageRequest(Size: MostEvents), gone.Token), gone.Token);
            if (read == wanted) events = page.Items;
        }
        catch (Exception) when (gone.IsCancellationRequested)
        {
            // Closed meanwhile.
        }
        catch (DbException failure)
        {
            LogFailed(Log, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The events of a session could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
