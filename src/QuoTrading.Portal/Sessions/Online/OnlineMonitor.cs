using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>
/// Holds what the Online page shows: one shared immutable snapshot of the live sessions, renewed at most every 0.4 s while a page
/// watches. A circuit keeps its own filter, sort and selection; it never queries the registry itself.
/// </summary>
internal sealed partial class OnlineMonitor(
    SessionRegistry registry, SessionFeed feed, LicenseCache licenses, OpenStreams streams, SessionMetrics metrics, TimeProvider time, ILogger<OnlineMonitor> log)
    : BackgroundService, IOnlineMonitor
{
    // Rendering takes time, too: this way a login is visible within half a second, even right after another one.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(400);

    private readonly Publisher<bool> watchers = new(capacity: 1);
    private readonly Lock renewing = new();
    private volatile OnlineSnapshot current = new([], DateTime.UnixEpoch);

    // What watchers were last called for. A reader may renew the snapshot between two passes, which calls no watcher.
    private OnlineSnapshot told = new([], DateTime.UnixEpoch);
    private Dictionary<Guid, (LiveSession Session, LicenseSnapshot? License, OnlineRow Row)> rows = [];
    private Subscription<CommittedChanges> changes = null!;

    /// <summary>The newest snapshot; never null. At most a second old: an older one is renewed when this is read.</summary>
    public OnlineSnapshot Current => time.GetUtcNow().UtcDateTime - current.At is { Ticks: >= 0 } age && age < 2 * Pace ? current : Renew();

    /// <summary>
    /// Calls <paramref name="changed"/> on a thread pool thread when there is a new snapshot, at most every 0.4 s. It must
    /// return at once. Dispose the result, any number of times, to end the calls.
    /// </summary>
    /// <param name="name">The name of the listener, for the log.</param>
    public IDisposable Subscribe(string name, Action changed) => watchers.Subscribe(name, changed, LogWatcherFailed);

    /// <inheritdoc/>
    public LiveSession? Find(Guid sessionId) => Current.Find(sessionId) is { } row ? registry.Find(row.LicenseId, sessionId) : null;

    /// <summary>The number of pages that watch.</summary>
    public int Watchers => watchers.Count;

    /// <summary>Creates a snapshot of this instant, even if no page watches. From memory: milliseconds for ten thousand sessions.</summary>
    public OnlineSnapshot Renew()
    {
        lock (renewing)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var next = new Dictionary<Guid, (LiveSession Session, LicenseSnapshot? License, OnlineRow Row)>(rows.Count);
            foreach (var session in registry.Live())
            {
                var license = licenses.Recall(session.LicenseId);
                next[session.SessionId] = rows.TryGetValue(session.SessionId, out var known) && ReferenceEquals(known.Session, session)
                    && ReferenceEquals(known.License, license) && known.Row.HasStream == streams.Holds(session.SessionId) && known.Row.StaleAt - registry.StaleAt(session) is { TotalSeconds: > -1 and < 1 }
                    ? known
                    : (session, license, session.HasReports ? With(Row(session, license), Programs(session)) : Row(session, license));
            }

            rows = next;
            return current = new OnlineSnapshot([.. next.Values.Select(r => r.Row).OrderByDescending(r => r.StartedAt).ThenBy(r => r.SessionId)], now, registry.KeptOutCount());
        }
    }

    /// <summary>Subscribes before the first request, so that no change is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes = feed.Subscribe(nameof(OnlineMonitor));
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        changes?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var since = await WaitForChangeAsync(changes, stoppingToken);
                if (watchers.Count == 0) continue;
                RenewAndTell();
                if (since is { } committed) metrics.Told(time.GetElapsedTime(committed));
                // A login or an end is shown at once; the changes during the next pace are shown together.
                await Task.Delay(Pace, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    // Refreshes are not published on the feed, so this also returns after one pace without a change. Returns the timestamp of the oldest
    // commit, null without one.
    private async Task<long?> WaitForChangeAsync(Subscription<CommittedChanges> changes, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(changes.Reader.WaitToReadAsync(enough.Token).AsTask(), Task.Delay(Pace, time, enough.Token));
        await enough.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        // The snapshot reads the registry itself, so the changes are not needed, only that there are any.
        return changes.TryDrain(out var oldest) ? oldest.At : null;
    }

    /// <summary>One pass of the loop: creates a snapshot, and notifies all watchers if it differs from the last one they were notified of.</summary>
    internal void RenewAndTell()
    {
        var after = Renew();
        if (told.KeptOut == after.KeptOut && told.Rows.SequenceEqual(after.Rows, ReferenceEqualityComparer.Instance)) return;
        told = after;
        watchers.Publish(true);
    }

    private OnlineRow Row(LiveSession session, LicenseSnapshot? license) => new(
        session.SessionId, session.LicenseId, license?.CustomerEmail ?? "", license?.CustomerName, license?.Key, license?.KeyMasked ?? "", license?.Plan ?? "",
        session.Device, session.DeviceName, session.Address, session.BotVersion, session.Status, session.Symbol,
        Telemetry.Of(session.Metadata), session.StartedAt, session.LastSeenAt, registry.StaleAt(session), session.Seat, streams.Holds(session.SessionId), session.Lost is not null, session.Copied)
    {
        App = session.App,
    };

    // A program that has left is not shown.
    private static OnlineRow With(OnlineRow row, List<OnlineProgram> programs) => programs switch
    {
        [] => row with { Telemetry = Telemetry.None },
        [var one] => row with { App = one.App ?? "", Symbol = one.Symbol, BotVersion = one.BotVersion, Status = one.Status, Telemetry = one.Figures },
        _ => row with { Programs = programs },
    };

    private List<OnlineProgram> Programs(LiveSession session) =>
        [.. session.Programs(registry.Settings, registry.ServiceNowMs).Select(program => new OnlineProgram(
            program.App.Name.Length == 0 ? null : program.App.Name, program.Report.Symbol, program.Report.BotVersion, program.Report.Status, program.Report.Figures,
            session.LastSeenAt.AddMilliseconds(program.App.LastSeenMs - session.LastSeenMs)))];

    [LoggerMessage(Level = LogLevel.Debug, Message = "The online monitor stops.")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Error, Message = "A watcher of the online monitor failed: {Name}")]
    private partial void LogWatcherFailed(Exception failure, string name);
}
