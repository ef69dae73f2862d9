using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// What this process knows about sessions without reading the store. Changed only inside units, so it equals what is stored; only a
/// refresh of a live session may be here earlier, by a second at most.
/// </summary>
internal sealed class SessionMemory(LicenseCache licenses, KnownDevices devices, ServiceClock clock, TimeProvider time)
{
    private readonly EventWriter eventWriter = new();

    // Devices that are bound to an installation; for all others nothing is read. Only this process binds devices.
    private readonly HashSet<(long LicenseId, string Device)> bound = [];
    private bool boundAreKnown;
    private bool mustReload = true;
    private long seenForeignChanges = -1;
    private volatile SessionSettings settings = new();
    private volatile bool storeAnswers;

    public SessionTable Table { get; } = new();

    public RefreshedSessions Refreshed { get; } = new(time);

    public LicenseCache Licenses => licenses;

    public KnownDevices Devices => devices;

    public ServiceClock Clock => clock;

    /// <summary>The settings in force.</summary>
    public SessionSettings Settings => settings;

    /// <summary>False while the store cannot commit: then nothing is answered from memory, and the service clock stands.</summary>
    public bool StoreAnswers
    {
        get => storeAnswers;
        set => storeAnswers = value;
    }

    /// <summary>The sessions that are live now, in no order.</summary>
    public IEnumerable<LiveSession> Live()
    {
        var now = clock.Now();
        var inForce = settings;
        return Table.Entries.SelectMany(entry => entry.Sessions.Live).Where(s => !SessionRules.IsStale(s, inForce, now.Ms));
    }

    /// <summary>Inside a unit: whether a device is bound to an installation.</summary>
    public bool IsBound(long licenseId, string device) => bound.Contains((licenseId, device));

    /// <summary>A unit was rolled back: memory and store may differ, so the next unit reads everything again.</summary>
    public void Doubt() => mustReload = true;

    /// <summary>
    /// At the beginning of a unit: opens a batch. Brings memory up to date first, if a commit failed, another process wrote, or there was a
    /// gap.
    /// </summary>
    public SessionBatch Open(IStoredSessions stored)
    {
        if (!boundAreKnown)
        {
            bound.UnionWith(stored.LoadBound());
            boundAreKnown = true;
        }

        var readsAgain = mustReload || seenForeignChanges != stored.ForeignChanges;
        if (readsAgain)
        {
            licenses.Clear();
            licenses.LoadLive(stored);
            settings = stored.LoadSettings();
        }

        var now = clock.Now();
        if (mustReload) Table.Replace(stored.LoadSessions(now.Ms));
        (mustReload, seenForeignChanges) = (false, stored.ForeignChanges);
        if (clock.TakeGap() is { } from) CreditGap(from, now.Ms);
        var batch = new SessionBatch(stored, Table, eventWriter, settings, now);
        // A unit that is rolled back may have read its own unfinished changes, so the next one reads again.
        if (readsAgain) batch.OnRolledBack(() => seenForeignChanges = -1);
        return batch;
    }

    /// <summary>At the end of a unit: memory follows what is durable now.</summary>
    public void Follow(SessionBatch batch)
    {
        settings = batch.Settings;
        foreach (var change in batch.Changes)
        {
            var session = change switch
            {
                SessionChange.Started started => started.Session,
                SessionChange.Continued continued => continued.Session,
                SessionChange.Resumed resumed => resumed.Session,
                _ => null,
            };
            if (session is null) continue;
            if (session.Proof is not null) bound.Add((session.LicenseId, session.Device));
            if (licenses.Recall(session.LicenseId) is { } license) devices.Note(license.Key, session.Device, batch.Now.Utc);
        }
    }

    private void CreditGap(long fromMs, long nowMs)
    {
        var inForce = settings;
        foreach (var entry in Table.Entries)
        {
            var becameDirty = entry.Adjust(sessions => sessions.Live.IsEmpty
                ? sessions
                : sessions with { Live = [.. sessions.Live.Select(s => SessionRules.CreditGap(s, inForce, fromMs, nowMs))] });
            if (becameDirty) Refreshed.Add(entry);
        }
    }
}
