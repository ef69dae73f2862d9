using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Sessions in memory, with the promises of a store on a disk.</summary>
internal sealed class MemorySessionStore : ISessionStore, IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private Rows rows = new();
    private bool isAway;
    private bool isDown;

    public IList<LicenseSnapshot> Licenses => rows.Licenses;

    TimeSpan ISessionStore.CommitTime => TimeSpan.Zero;

    bool ISessionStore.IsDown => isDown;

    public IDisposable TakeAway()
    {
        isAway = true;
        return new Back(this);
    }

    public void Dispose() => turn.Dispose();

    async Task<CommitOutcome> ISessionStore.CommitAsync(Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle)
    {
        await turn.WaitAsync();
        CommitOutcome.Durable? durable = null;
        try
        {
            isDown = isAway;
            if (isAway) return new CommitOutcome.Unavailable(new StoreUnavailableException("away"));
            var (commit, next) = (decide(rows), new Rows(rows));
            foreach (var (change, license, command) in commit.Changes)
            {
                next.Write(change, license, commit.Now);
                if (next.IsTwice()) return new CommitOutcome.Conflict(command, new InvalidOperationException("twice"));
            }

            durable = new CommitOutcome.Durable(next.Finish(commit));
            rows = next;
            return durable;
        }
        finally
        {
            settle(durable);
            turn.Release();
        }
    }

    void ISessionStore.Join(WriteUnit unit, Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle) => throw new NotSupportedException();

    private sealed class Back(MemorySessionStore store) : IDisposable
    {
        public void Dispose() => store.isAway = false;
    }

    private sealed class Rows : IStoredSessions
    {
        private readonly Dictionary<Guid, LiveSession> live;
        private readonly Dictionary<Guid, PastSession> records;
        private readonly Dictionary<(long, string, MarkKind), DeviceMark> marks;
        private readonly Dictionary<(long LicenseId, string Device), string?> devices;
        private readonly HashSet<long> events;
        private SessionSettings settings = new();
        private long serviceTime;

        public Rows() => (live, records, marks, devices, events) = ([], [], [], [], []);

        public Rows(Rows before)
        {
            (live, marks, devices, events) = (new(before.live), new(before.marks), new(before.devices), [.. before.events]);
            records = before.records.ToDictionary(record => record.Key, record => Copy(record.Value));
            (Licenses, settings, serviceTime) = (before.Licenses, before.settings, before.serviceTime);
        }

        public List<LicenseSnapshot> Licenses { get; } = [];

        public long ForeignChanges => 0;

        public bool IsTwice() => live.Values.GroupBy(s => (s.LicenseId, s.Device)).Any(same => same.Count() > 1)
            || live.Values.Where(s => s.SeatLead).GroupBy(s => (s.LicenseId, s.Seat)).Any(same => same.Count() > 1);

        public void Write(SessionChange change, LicenseSnapshot? license, Instant now)
        {
            foreach (var record in records.Values) record.Follow(change, now);
            switch (change)
            {
                case SessionChange.Started(var session, _):
                    records.Add(session.SessionId, PastSession.Of(session, license!));
                    LogIn(session);
                    break;
                case SessionChange.Continued(var session):
                    LogIn(session);
                    break;
                case SessionChange.Ended ended:
                    live.Remove(ended.Session.SessionId);
                    break;
                case SessionChange.Marked(var mark):
                    marks[(mark.LicenseId, mark.Device, mark.Kind)] = mark;
                    break;
                case SessionChange.Unmarked(var mark, _, _):
                    marks.Remove((mark.LicenseId, mark.Device, mark.Kind));
                    break;
                case SessionChange.Resumed(var session):
                    live[session.SessionId] = session;
                    break;
                case SessionChange.Refreshed(var session):
                    live[session.SessionId] = session;
                    break;
                default:
                    throw new NotSupportedException(change.GetType().Name);
            }
        }

        public long[] Finish(Commit commit)
        {
            foreach (var session in commit.Refreshed)
                if (live.TryGetValue(session.SessionId, out var here) && here.LastSeenMs < session.LastSeenMs) live[session.SessionId] = session;
            settings = commit.Settings ?? settings;
            serviceTime = commit.Now.Ms;
            foreach (var record in records.Values.Where(record => record.LicenseId == commit.Anonymised))
                (record.CustomerId, record.CustomerEmail, record.Address, record.DeviceName) = (0, "(deleted)", "(deleted)", null);
            foreach (var mark in marks.Keys.Where(mark => mark.Item1 == commit.Anonymised).ToList()) marks.Remove(mark);
            foreach (var device in devices.Keys.Where(device => device.LicenseId == commit.Anonymised).ToList()) devices.Remove(device);
            return [.. commit.Events.Select(entry => events.Contains(entry.Row) ? entry.Row : Add())];
        }

        public LicenseSnapshot? FindLicense(KeyHash key) => Licenses.Find(license => license.Key == key);

        public LicenseSnapshot? FindLicense(long licenseId) => Licenses.Find(license => license.Id == licenseId);

        public IEnumerable<LicenseSnapshot> LoadLicensesInUse() => Licenses.Where(license => live.Values.Any(session => session.LicenseId == license.Id));

        public long LoadServiceTime() => live.Values.Select(session => session.LastSeenMs).Append(serviceTime).Max();

        public SessionSettings LoadSettings() => settings;

        public Dictionary<long, LicenseSessions> LoadSessions(long nowMs) => Licenses
            .Select(license => (license.Id, Sessions: new LicenseSessions(
                [.. live.Values.Where(session => session.LicenseId == license.Id)],
                [.. records.Values.Where(r => r.LicenseId == license.Id && r.EndReason == EndReason.TimedOut && r.EndedMs > nowMs - SessionRules.ResumeWithinMs).Select(TimedOut)],
                [.. marks.Values.Where(mark => mark.LicenseId == license.Id)])))
            .Where(one => !one.Sessions.IsEmpty).ToDictionary(one => one.Id, one => one.Sessions);

        public List<(long LicenseId, string Device)> LoadBound() => [.. devices.Where(device => device.Value is not null).Select(device => device.Key)];

        public string? FindInstall(long licenseId, string device) => devices.GetValueOrDefault((licenseId, device));

        public PastSession? FindRecord(Guid sessionId) => records.TryGetValue(sessionId, out var record) ? Copy(record) : null;

        private void LogIn(LiveSession session)
        {
            live[session.SessionId] = session;
            var install = session.Proof is { IsGuest: false } proof ? proof.Install : null;
            devices[(session.LicenseId, session.Device)] = install ?? devices.GetValueOrDefault((session.LicenseId, session.Device));
        }

        private long Add()
        {
            events.Add(events.Count + 1);
            return events.Count;
        }

        private static TimedOutSession TimedOut(PastSession r) => new(
            new LiveSession
            {
                SessionId = r.SessionId,
                LicenseId = r.LicenseId,
                Device = r.Device,
                Seat = r.Seat,
                SeatLead = false,
                Address = r.Address,
                HomeAddress = r.Address,
                StartedAt = r.StartedAt,
                LastSeenAt = r.LastSeenAt ?? r.StartedAt,
                LastSeenMs = r.EndedMs!.Value,
            },
            r.EndedMs.Value);

        private static PastSession Copy(PastSession r) => new()
        {
            SessionId = r.SessionId,
            LicenseId = r.LicenseId,
            CustomerId = r.CustomerId,
            CustomerEmail = r.CustomerEmail,
            KeyMasked = r.KeyMasked,
            Plan = r.Plan,
            Device = r.Device,
            DeviceName = r.DeviceName,
            Address = r.Address,
            Symbol = r.Symbol,
            BotVersion = r.BotVersion,
            Seat = r.Seat,
            StartedAt = r.StartedAt,
            LastSeenAt = r.LastSeenAt,
            EndedAt = r.EndedAt,
            EndedMs = r.EndedMs,
            EndReason = r.EndReason,
            EndedBy = r.EndedBy,
            EndNote = r.EndNote,
            Interruptions = r.Interruptions,
        };
    }
}
