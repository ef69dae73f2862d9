using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The sessions, for clients and for all that read them. Commands that arrive together are decided by <see cref="SessionRules"/> and
/// committed together (<see cref="CommitLoop"/>); an answer is given when its effect is durable. One exception, while no other process
/// writes sessions: a message that only refreshes a live session is answered at once and written within a second.
/// </summary>
internal sealed class SessionRegistry(SessionMemory memory, SessionQueue queue, LicenseGrowth growth, LimitOptions growthLimits, SessionMetrics metrics)
{
    /// <summary>The settings in force.</summary>
    public SessionSettings Settings => memory.Settings;

    /// <summary>False while the store cannot commit: then nothing is answered from memory, and the service clock stands.</summary>
    public bool StoreAnswers => memory.StoreAnswers;

    /// <summary>Service time, in milliseconds.</summary>
    public long ServiceNowMs => memory.Clock.Now().Ms;

    /// <summary>Wall time.</summary>
    public DateTime UtcNow => memory.Clock.Now().Utc;

    /// <summary>How long the oldest of the commands that are being committed has waited; zero if there are none.</summary>
    public TimeSpan StoreWait => queue.Wait;

    /// <summary>How many commands wait to be decided.</summary>
    public int QueueDepth => queue.Depth;

    /// <summary>Rule 1 of docs/protocol.md.</summary>
    /// <param name="abandoned">
    /// Cancelled when the client is gone: a login that is not begun is then dropped, since its device would hold a seat without knowing it.
    /// Heartbeats and releases have no such token: they count even if no client waits for the answer.
    /// </param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    /// <exception cref="OperationCanceledException">The login was dropped. Nothing was changed.</exception>
    public async Task<Answer> LogInAsync(ClientMessage message, CancellationToken abandoned = default)
    {
        var answer = await DecideAsync(message, SessionRules.LogIn, detail: null, abandoned);
        metrics.LoggedIn(answer.Outcome);
        return answer;
    }

    /// <summary>The answer that a login would get now. Changes nothing, but writes the event of a refusal.</summary>
    /// <inheritdoc cref="LogInAsync"/>
    public Task<Answer> CheckAsync(ClientMessage message, CancellationToken abandoned = default) =>
        DecideAsync(message, SessionRules.Check, detail: "check only", abandoned);

    /// <summary>Whether the license is good; sessions are ignored. <c>main</c> without a device.</summary>
    /// <inheritdoc cref="LogInAsync"/>
    public Task<Answer> ValidateAsync(ClientMessage message, CancellationToken abandoned = default) =>
        DecideAsync(message, SessionRules.Validate, detail: "license only", abandoned);

    /// <summary>
    /// The answers that a login and a heartbeat would get now, the day's limits included, and what they would change. Nothing is changed,
    /// noted or counted.
    /// </summary>
    /// <inheritdoc cref="LogInAsync"/>
    public Task<(Asked LogIn, Asked Heartbeat)> AskAsync(ClientMessage message, CancellationToken abandoned = default) => queue.AddAsync(batch =>
    {
        var license = memory.Licenses.Find(batch.Stored, message.Key);
        return (Ask(SessionRules.LogIn), Ask(SessionRules.Heartbeat));

        Asked Ask(Rule rule)
        {
            if (license is null) return new Asked(new Answer(new Outcome.UnknownKey(), null, batch.Settings, batch.Now), null);
            var (sessions, asked) = (batch[license.Id], WithBinding(batch, license, message));
            var decision = WithinToday(rule(license, sessions, asked, batch.Settings, batch.Now), sessions, license, asked, batch.Now, counts: false);
            return new Asked(
                new Answer(decision.Outcome, license, batch.Settings, batch.Now), decision.Changes.LastOrDefault(),
                CopyRefusal.Of(decision.Outcome, license, decision.Sessions, asked, batch.Settings));
        }
    }, abandoned);

    /// <summary>Rule 2.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public Task<Answer> HeartbeatAsync(ClientMessage message)
    {
        metrics.Heartbeat();
        return TryRefresh(message, SessionRules.Heartbeat) is { } answer ? Task.FromResult(answer) : DecideAsync(message, SessionRules.Heartbeat, detail: "heartbeat");
    }

    /// <summary>A stream opens.</summary>
    /// <inheritdoc cref="HeartbeatAsync"/>
    public Task<Answer> OpenStreamAsync(ClientMessage message) =>
        TryRefresh(message, SessionRules.OpenStream) is { } answer ? Task.FromResult(answer) : DecideAsync(message, SessionRules.OpenStream, detail: "stream");

    /// <summary>Streams dropped: applies the verdict to their sessions.</summary>
    /// <param name="isBack">Called again when the command is decided: a device that has opened a stream again has lost nothing.</param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    internal Task LoseConnectionsAsync(DropVerdict verdict, Func<Drop, bool> isBack) => queue.AddOwnAsync(batch =>
    {
        foreach (var drop in verdict.Lost)
            if (!isBack(drop)) Apply(drop, sessions => SessionRules.LoseConnection(sessions, drop.SessionId, drop.Streamed, drop.AtMs, verdict.LeastMs, batch.Settings, batch.Now));
        foreach (var drop in verdict.Waived) Apply(drop, sessions => SessionRules.WaiveGrace(sessions, drop.SessionId, batch.Settings, batch.Now));
        if (verdict.NewlyWaived > 0) batch.WriteStreamsDropped(verdict.NewlyWaived, verdict.Of);
        return true;

        void Apply(Drop drop, Func<LicenseSessions, Decision> decide) => batch.Apply(drop.LicenseId, memory.Licenses.Find(batch.Stored, drop.LicenseId), decide);
    });

    /// <summary>Rule 3.</summary>
    /// <inheritdoc cref="HeartbeatAsync"/>
    public async Task<Answer> ReleaseAsync(ClientMessage message)
    {
        var answer = await DecideAsync(message, (_, sessions, m, s, now) => SessionRules.Release(sessions, m, s, now), detail: null);
        if (answer.Outcome is Outcome.Released) metrics.Released();
        return answer;
    }

    /// <summary><c>session/clear</c>.</summary>
    /// <inheritdoc cref="HeartbeatAsync"/>
    public Task<Answer> ClearAsync(ClientMessage message) =>
        DecideAsync(message, (_, sessions, _, s, now) => SessionRules.Clear(sessions, s, now), detail: null);

    /// <summary>Whether this device logged in with this key within 30 days. From memory; does not wait.</summary>
    public bool IsKnown(KeyHash key, string device) => memory.Devices.IsKnown(key, device);

    /// <summary>
    /// Whether this device has a session of this license, by what is in memory. Its login may be longer ago than <see cref="IsKnown"/>
    /// remembers. Does not wait.
    /// </summary>
    public bool IsHolder(KeyHash key, string device) => memory.Licenses.Recall(key) is { } license && memory.Table.Find(license.Id)?.Sessions.Find(device) is not null;

    /// <summary>Whether this release would end its device's session, by what is in memory. Does not wait.</summary>
    public bool WouldEnd(ClientMessage message) => memory.Licenses.Recall(message.Key) is { } license && memory.Table.Find(license.Id)?.Sessions.Find(message.Device) is { } own
        && SessionRules.EndsBy(own, message, memory.Settings, memory.Clock.Now());

    /// <summary>How many seats the license with this key has; null if it is not in memory. Does not wait.</summary>
    public int? RecallSeats(KeyHash key) => memory.Licenses.Recall(key)?.Seats;

    /// <summary>The same, but reads a license that is not in memory; null if there is no such license.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public Task<int?> FindSeatsAsync(KeyHash key) => queue.AddAsync(batch => memory.Licenses.Find(batch.Stored, key)?.Seats);

    /// <summary>The sessions that are live now, in no order. From memory; does not wait.</summary>
    public IEnumerable<LiveSession> Live() => memory.Live();

    /// <summary>How many devices are kept out now, of all licenses. From memory; does not wait.</summary>
    public int KeptOutCount()
    {
        var now = memory.Clock.Now();
        return memory.Table.Entries.Sum(entry => entry.Sessions.Marks.Count(mark => mark.Kind == MarkKind.KeptOut && mark.IsInForce(now.Utc)));
    }

    /// <summary>One live session; null once it has ended. From memory.</summary>
    public LiveSession? Find(long licenseId, Guid sessionId) =>
        memory.Table.Find(licenseId)?.Sessions.Find(sessionId) is { } session && !SessionRules.IsStale(session, memory.Settings, memory.Clock.Now().Ms) ? session : null;

    /// <summary>When, in UTC wall time, a session is stale if its client sends nothing more.</summary>
    public DateTime StaleAt(LiveSession session)
    {
        var now = memory.Clock.Now();
        return now.Utc.AddMilliseconds(SessionRules.StaleAtMs(session, memory.Settings) - now.Ms);
    }

    private delegate Decision Rule(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now);

    private async Task<Answer> DecideAsync(ClientMessage message, Rule rule, string? detail, CancellationToken abandoned = default) => await queue.AddAsync(batch =>
    {
        var license = memory.Licenses.Find(batch.Stored, message.Key);
        var outcome = license is null ? new Outcome.UnknownKey() : Decide(batch, license, WithBinding(batch, license, message), rule);
        if (WireNames.RefusalCode(outcome) is { } code) batch.WriteRefusal(code, message, license, CopyDetail(batch, outcome, license, message) ?? detail);
        return new Answer(outcome, license, batch.Settings, batch.Now);
    }, abandoned);

    private Outcome Decide(SessionBatch batch, LicenseSnapshot license, ClientMessage message, Rule rule)
    {
        var decision = batch.Apply(license.Id, license, sessions => WithinToday(
            rule(license, sessions, message, batch.Settings, batch.Now), sessions, license, message, batch.Now));
        foreach (var change in decision.Changes)
            if (change is SessionChange.CopySeen(_, var sign, _, var times)) metrics.CopySeen(sign, times);
        return decision.Outcome;
    }

    private string? CopyDetail(SessionBatch batch, Outcome outcome, LicenseSnapshot? license, ClientMessage message) => license is not null && outcome is Outcome.Conflict
        && CopyRefusal.Of(outcome, license, batch[license.Id], WithBinding(batch, license, message), batch.Settings) is { } served
            ? $"copied device: {served}"
            : null;

    /// <param name="counts">False for a question that changes nothing.</param>
    private Decision WithinToday(Decision decision, LicenseSessions before, LicenseSnapshot license, ClientMessage message, Instant now, bool counts = true)
    {
        if (!SessionRules.Begins(decision)) return decision;
        var isNewDevice = !memory.Devices.IsKnown(message.Key, message.Device);
        var today = growth.Of(license.Id, message.Device, now.Ms);
        var within = SessionRules.WithinToday(decision, before, license, today, isNewDevice, growthLimits);
        // Noted at once, so that it counts for later logins of the same unit. If the unit is rolled back, the day has a little less left.
        if (counts && SessionRules.Begins(within)) growth.Note(license.Id, message.Device, isNewDevice, SessionRules.IsBeyond(license, today, growthLimits), now.Ms);
        return within;
    }

    // Nearly every device is bound to no installation, and costs one lookup in memory.
    private ClientMessage WithBinding(SessionBatch batch, LicenseSnapshot license, ClientMessage message) => memory.IsBound(license.Id, message.Device)
        ? message with { BoundTo = batch.FindInstall(license.Id, message.Device) }
        : message;

    private Answer? TryRefresh(ClientMessage message, Rule rule)
    {
        if (!memory.StoreAnswers || memory.Refreshed.IsBehind || memory.Licenses.Recall(message.Key) is not { } known || memory.Table.Find(known.Id) is not { } entry) return null;

        Answer? answer = null;
        var applied = entry.TryRefresh(sessions =>
        {
            // Read again, because no unit can change it from here on.
            var license = memory.Licenses.Recall(message.Key) ?? known;
            var inForce = memory.Settings;
            var now = memory.Clock.Now();
            if (!SessionRules.MayBeWrittenLater(sessions, message, inForce, now)) return null;
            var decision = rule(license, sessions, message, inForce, now);
            answer = new Answer(decision.Outcome, license, inForce, now);
            return decision;
        }, out var becameDirty);
        if (becameDirty) memory.Refreshed.Add(entry);
        return applied ? answer : null;
    }
}
