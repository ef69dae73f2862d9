using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The decisions of one unit, which become its <see cref="Commit"/>. Each sees what the earlier ones changed. Memory follows when the unit
/// is durable, and stays as it is if the unit is rolled back.
/// </summary>
internal sealed class SessionBatch(IStoredSessions stored, SessionTable table, EventWriter eventWriter, SessionSettings settings, Instant now)
{
    private readonly EventWriter.Page events = eventWriter.Open(now);
    private readonly Dictionary<SessionTable.Entry, LicenseSessions> transitions = [];
    private readonly List<SessionChange> changes = [];
    private readonly List<DecidedChange> decided = [];
    private readonly List<LiveSession> flushed = [];
    private readonly List<AuditEntry> audit = [];
    private IReadOnlyList<ConcurrentSessions> minutes = [];
    private SessionSettings? changedSettings;
    private long? anonymised;
    private List<Action>? committed;
    private List<Action>? rolledBack;

    /// <summary>For what is not in memory. Does not contain what this batch has decided.</summary>
    public IStoredSessions Stored => stored;

    public Instant Now => now;

    public SessionSettings Settings => changedSettings ?? settings;

    public IReadOnlyList<SessionChange> Changes => changes;

    /// <summary>The command of the unit that is being decided, counted from 0.</summary>
    public int Command { get; set; }

    /// <summary>The sessions of a license at this point of the batch; until the batch ends they cannot be refreshed outside it.</summary>
    public LicenseSessions this[long licenseId] => Transition(table.Get(licenseId));

    /// <summary>Calls the rules and takes over their decision.</summary>
    public Decision Apply(long licenseId, LicenseSnapshot? license, Func<LicenseSessions, Decision> decide)
    {
        var entry = table.Get(licenseId);
        var decision = decide(Transition(entry));
        transitions[entry] = decision.Sessions;
        foreach (var change in decision.Changes)
        {
            changes.Add(change);
            decided.Add(new DecidedChange(change, license, Command));
            events.Write(change, license);
        }

        return decision;
    }

    /// <summary>The installation that a device is bound to, with the logins of this batch; null if there is none.</summary>
    public string? FindInstall(long licenseId, string device)
    {
        for (var i = changes.Count - 1; i >= 0; i--)
            if (LoggedIn(changes[i]) is { Proof: { IsGuest: false } proof } session && session.LicenseId == licenseId && string.Equals(session.Device, device, StringComparison.Ordinal))
                return proof.Install;
        return stored.FindInstall(licenseId, device);
    }

    /// <summary>A session's row of history, with the changes of this batch; null if there is none.</summary>
    public PastSession? FindRecord(Guid sessionId)
    {
        var record = stored.FindRecord(sessionId);
        foreach (var (change, license, _) in decided)
        {
            if (change is SessionChange.Started(var session, _) && session.SessionId == sessionId) record = PastSession.Of(session, license!);
            else record?.Follow(change, now);
        }

        return record;
    }

    public void WriteRefusal(string code, ClientMessage message, LicenseSnapshot? license, string? detail) => events.WriteRefusal(code, message, license, detail);

    public void WriteLimited(LimitedRequests requests, LicenseSnapshot? license) => events.WriteLimited(requests, license);

    public void WriteStreamsDropped(int count, int of) => events.WriteStreamsDropped(count, of);

    public void WriteLicenseChange(LicenseSnapshot before, LicenseSnapshot? after, string by, string? reason) => events.WriteLicenseChange(before, after, by, reason);

    public void WriteMinutes(IReadOnlyList<ConcurrentSessions> over) => minutes = over;

    public void Audit(AuditEntry entry) => audit.Add(entry);

    public void ChangeSettings(SessionSettings changed) => changedSettings = changed;

    /// <inheritdoc cref="Commit.Anonymised"/>
    public void Anonymise(long licenseId) => anonymised = licenseId;

    /// <summary>Writes sessions that were refreshed in memory.</summary>
    public void Flush(RefreshedSessions refreshed, int most)
    {
        var taken = refreshed.Take(most);
        foreach (var entry in taken)
        {
            var sessions = entry.TakeDirty();
            foreach (var session in transitions.GetValueOrDefault(entry, sessions).Live) flushed.Add(session);
        }

        OnCommitted(refreshed.Settle);
        OnRolledBack(() =>
        {
            foreach (var entry in taken)
                if (entry.MakeDirty()) refreshed.Add(entry);
            refreshed.Settle();
        });
    }

    /// <summary>Runs once the unit is durable, after memory has followed. Must not throw and not wait.</summary>
    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    /// <summary>Runs if the unit is rolled back. Must not throw and not wait.</summary>
    public void OnRolledBack(Action action) => (rolledBack ??= []).Add(action);

    /// <summary>All that was decided; nothing may be decided afterwards.</summary>
    public Commit ToCommit() => new()
    {
        Now = now,
        Changes = decided,
        Refreshed = flushed,
        Events = events.Entries,
        Audit = audit,
        Minutes = minutes,
        Settings = changedSettings,
        Anonymised = anonymised,
    };

    /// <summary>Memory follows the result of the commit.</summary>
    /// <param name="durable">Null if the unit was rolled back.</param>
    public void Settle(CommitOutcome.Durable? durable)
    {
        if (durable is not null) events.Keep(durable.EventRows);
        foreach (var (entry, sessions) in transitions) table.Thaw(entry, durable is null ? null : sessions);
        (durable is null ? rolledBack : committed)?.ForEach(static action => action());
    }

    // A login binds its device.
    private static LiveSession? LoggedIn(SessionChange change) => change switch
    {
        SessionChange.Started(var session, _) => session,
        SessionChange.Continued(var session) => session,
        _ => null,
    };

    private LicenseSessions Transition(SessionTable.Entry entry)
    {
        if (transitions.TryGetValue(entry, out var sessions)) return sessions;
        return transitions[entry] = entry.Freeze();
    }
}
