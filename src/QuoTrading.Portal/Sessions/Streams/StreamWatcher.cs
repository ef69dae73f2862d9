using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>Sends events to the streams of the sessions that they concern, and reports dropped streams to the registry.</summary>
internal sealed partial class StreamWatcher(
    OpenStreams streams, SessionRegistry registry, SessionFeed feed, LicenseCache licenses, StreamGrace grace, TimeProvider time, ILogger<StreamWatcher> log)
    : Periodic(Pace, time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly MassDrops mass = new(time);
    private readonly Dictionary<long, LicenseSnapshot> told = [];
    private SessionSettings toldSettings = new();
    private Subscription<CommittedChanges> changes = null!;
    private int turn;

    /// <summary>Subscribes before the first request, so that no change is missed.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes = feed.Subscribe(nameof(StreamWatcher));
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        changes?.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        toldSettings = registry.Settings;
        return Task.WhenAll(
            KeepGoingAsync(() => FollowAsync(stoppingToken), stoppingToken),
            KeepGoingAsync(() => JudgeAsync(stoppingToken), stoppingToken),
            base.ExecuteAsync(stoppingToken));
    }

    protected override void Failed(Exception failure) => LogFailed(failure);

    private async Task FollowAsync(CancellationToken cancel)
    {
        while (await changes.Reader.WaitToReadAsync(cancel))
        {
            while (changes.Reader.TryRead(out var unit)) Tell(unit.Changes);
            if (changes.TakeMissed()) CloseEnded();
        }
    }

    private void Tell(IReadOnlyList<SessionChange> unit)
    {
        foreach (var change in unit)
        {
            if (change is SessionChange.Ended(var ended, var reason, _, _)) streams.End(ended.SessionId, new StreamEvent.LoggedOut(reason, KeptOut(unit, ended)));
            else if (change is SessionChange.AppLeft(var left, var app)) streams.Leave(left, app, registry.ServiceNowMs);
        }
    }

    private static KeptOutUntil? KeptOut(IReadOnlyList<SessionChange> unit, LiveSession ended)
    {
        foreach (var change in unit)
            if (change is SessionChange.Marked({ Kind: MarkKind.KeptOut } mark) && mark.LicenseId == ended.LicenseId && mark.Device == ended.Device) return new KeptOutUntil(mark.Until);
        return null;
    }

    // The reason of the end is no longer known. A client that opens its stream again gets it in the answer.
    private void CloseEnded()
    {
        foreach (var stream in streams.All())
            if (stream.Session is { } session && registry.Find(session.LicenseId, session.SessionId) is null) streams.End(session.SessionId, last: null);
    }

    private async Task JudgeAsync(CancellationToken cancel)
    {
        while (await streams.Drops.WaitToReadAsync(cancel))
        {
            var dropped = new List<Drop>();
            while (streams.Drops.TryRead(out var drop)) dropped.Add(drop);
            var verdict = mass.Judge(dropped, streams.Count);
            verdict = verdict with { LeastMs = Math.Max(verdict.LeastMs, grace.LeastMs) };
            try
            {
                await registry.LoseConnectionsAsync(verdict, streams.IsBack);
            }
            catch (StoreUnavailableException)
            {
                // The store is down: these sessions are judged by their heartbeats.
                LogMissed(dropped.Count);
            }

            if (verdict.IsMass) LogMass(verdict.NewlyWaived, verdict.Of);
        }
    }

    /// <summary>Once a second: sends keepalives, and what changed in settings and licenses since the last pass.</summary>
    internal override Task RunOnceAsync(CancellationToken cancel = default)
    {
        // Each second serves one share of the streams, so that each stream gets its keepalive every KeepAliveSeconds.
        turn = (turn + 1) % StreamGrace.KeepAliveSeconds;
        var all = streams.All();
        var now = registry.Settings;
        var settingsChanged = (now.HeartbeatIntervalSeconds, now.SessionTimeoutSeconds, now.DisconnectGraceSeconds)
            != (toldSettings.HeartbeatIntervalSeconds, toldSettings.SessionTimeoutSeconds, toldSettings.DisconnectGraceSeconds);
        toldSettings = now;
        var seen = new HashSet<long>();
        var changed = new HashSet<long>();
        foreach (var stream in all)
        {
            if (stream.Session is not { } session) continue;
            if (seen.Add(session.LicenseId) && HasChanged(session.LicenseId)) changed.Add(session.LicenseId);
            if (settingsChanged) stream.Send(new StreamEvent.SettingsChanged(now));
            if (changed.Contains(session.LicenseId)) stream.Send(new StreamEvent.LicenseChanged(told[session.LicenseId]));
            if ((int)((uint)session.SessionId.GetHashCode() % StreamGrace.KeepAliveSeconds) == turn) stream.Send(StreamEvent.KeepAlive.Instance);
        }

        foreach (var gone in told.Keys.Where(id => !seen.Contains(id)).ToList()) told.Remove(gone);
        foreach (var (licenseId, sessionId) in streams.Abandoned())
            if (registry.Find(licenseId, sessionId) is null) streams.End(sessionId, last: null);
        return Task.CompletedTask;
    }

    private bool HasChanged(long licenseId)
    {
        if (licenses.Recall(licenseId) is not { } license) return false;
        var known = told.TryGetValue(licenseId, out var before);
        told[licenseId] = license;
        return known && (before!.ExpiresAt, before.Status) != (license.ExpiresAt, license.Status);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What streams are told failed; it goes on.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The drop of {Count} streams could not be noted: their sessions are judged by heartbeats.")]
    private partial void LogMissed(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} of {Of} streams dropped at once: their sessions are judged by heartbeats.")]
    private partial void LogMass(int count, int of);
}
