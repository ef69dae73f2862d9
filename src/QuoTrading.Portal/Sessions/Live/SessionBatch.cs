using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The decisions that one unit makes durable. Each sees what those before it changed; memory and the feed follow when the unit is
/// committed, and nothing happened if it was not.
/// </summary>
internal sealed class SessionBatch
{
    private readonly SessionTable table;
    private readonly EventJournal.Page events;
    private readonly Dictionary<SessionTable.Entry, LicenseSessions> drafts = [];
    private readonly List<SessionChange> changes = [];

    public SessionBatch(WriteUnit unit, SessionTable table, EventJournal journal, SessionSettings settings, Instant now, Action<SessionBatch> committed)
    {
        Unit = unit;
        Settings = settings;
        Now = now;
        this.table = table;
        events = journal.Open(unit, now);
        unit.OnCommitted(() =>
        {
            events.Keep();
            Thaw(commit: true);
            committed(this);
        });
        unit.OnRolledBack(() => Thaw(commit: false));
    }

    public WriteUnit Unit { get; }

    public Instant Now { get; }

    public SessionSettings Settings { get; private set; }

    public IReadOnlyList<SessionChange> Changes => changes;

    /// <summary>The sessions of a license as they stand at this point of the batch; no refresh passes by from here on.</summary>
    public LicenseSessions this[long licenseId] => Draft(table.Get(licenseId));

    /// <summary>Asks the rules and writes what they say.</summary>
    public Decision Apply(long licenseId, LicenseFacts? license, Func<LicenseSessions, Decision> decide)
    {
        var entry = table.Get(licenseId);
        var decision = decide(Draft(entry));
        drafts[entry] = decision.Sessions;
        foreach (var change in decision.Changes)
        {
            SessionStore.Write(Unit, change, license, Now);
            events.Write(change, license);
            changes.Add(change);
        }

        return decision;
    }

    public void WriteRefusal(string code, ClientMessage message, LicenseFacts? license, string? detail) => events.WriteRefusal(code, message, license, detail);

    public void WriteLimited(LimitedRequests requests, LicenseFacts? license) => events.WriteLimited(requests, license);

    public void WriteStreamsDropped(int count, int of) => events.WriteStreamsDropped(count, of);

    public void WriteLicenseChange(LicenseFacts before, LicenseFacts? after, string by, string? reason) => events.WriteLicenseChange(before, after, by, reason);

    public void ChangeSettings(SessionSettings settings)
    {
        SessionStore.SaveSettings(Unit, settings);
        Settings = settings;
    }

    /// <summary>Writes what refreshes have changed in memory.</summary>
    public void Flush(RefreshedSessions refreshed, int most)
    {
        var taken = refreshed.Take(most);
        foreach (var entry in taken)
        {
            var sessions = entry.TakeDirty();
            foreach (var session in drafts.GetValueOrDefault(entry, sessions).Live) SessionStore.UpdateLive(Unit, session);
        }

        Unit.OnCommitted(refreshed.Settle);
        Unit.OnRolledBack(() =>
        {
            foreach (var entry in taken)
                if (entry.MakeDirty()) refreshed.Add(entry);
            refreshed.Settle();
        });
    }

    private LicenseSessions Draft(SessionTable.Entry entry)
    {
        if (drafts.TryGetValue(entry, out var sessions)) return sessions;
        return drafts[entry] = entry.Freeze();
    }

    private void Thaw(bool commit)
    {
        foreach (var (entry, sessions) in drafts) table.Thaw(entry, commit ? sessions : null);
    }
}
