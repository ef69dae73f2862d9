using System.Globalization;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// Decides which events are written. Equal refusals of one license and device within 60 s are one row with a count, and so are the
/// time-outs and resumes of one session: a bot that idles over a weekend must not fill the table.
/// </summary>
internal sealed class EventWriter
{
    private const long RefusalWindowMs = 60_000;
    private const long SessionWindowMs = 24 * 60 * 60 * 1000;
    private const long CopyWindowMs = 60 * 60 * 1000;
    private const int PruneAbove = 10_000;

    // Refusals of one license that get rows of their own; with invented devices a client would fill the table. All others share one row.
    private const int MostRefusalsAnHour = 100;

    // The same for unknown keys, by the address that they come from.
    private const int MostUnknownAnHour = 1000;
    private const long HourMs = 60 * 60 * 1000;

    private readonly Dictionary<Key, Row> rows = [];
    private readonly Dictionary<long, (long SinceMs, int Rows)> refusals = [];
    private int pruneAbove = PruneAbove;

    /// <summary>Begins the events of one unit.</summary>
    public Page Open(Instant now) => new(this, now);

    // What makes two events equal: their session, or their license (if known) and the device or address that asked.
    private sealed record Key(EventKind Kind, string? Code, Guid? SessionId, long? LicenseId, string? Who);

    private sealed record Row(long Id, long LastMs, long WindowMs);

    // Counted in this unit, by the entry at this index.
    private sealed record Counted(int Place, long LastMs, long WindowMs);

    private void Keep(Dictionary<Key, Counted> counted, List<EventEntry> entries, IReadOnlyList<long> stored, long nowMs)
    {
        foreach (var (key, (place, lastMs, windowMs)) in counted)
            // An event with a new row starts its window now.
            rows[key] = new Row(stored[place], stored[place] == entries[place].Row ? lastMs : nowMs, windowMs);
        if (rows.Count <= pruneAbove) return;
        foreach (var (key, row) in rows.ToList())
            if (nowMs - row.LastMs >= row.WindowMs) rows.Remove(key);
        foreach (var (license, (sinceMs, _)) in refusals.ToList())
            if (nowMs - sinceMs >= HourMs) refusals.Remove(license);
        // While many windows are open, a search through all of them at every unit would find nothing.
        pruneAbove = Math.Max(PruneAbove, 2 * rows.Count);
    }

    // Counts even if the unit is rolled back: then a few rows less are written in this hour.
    private bool MakeRoom(long? licenseId, long nowMs)
    {
        var (sinceMs, count) = refusals.GetValueOrDefault(licenseId ?? 0, (nowMs, 0));
        if (nowMs - sinceMs >= HourMs) (sinceMs, count) = (nowMs, 0);
        refusals[licenseId ?? 0] = (sinceMs, count + 1);
        return count < (licenseId is null ? MostUnknownAnHour : MostRefusalsAnHour);
    }

    /// <summary>The events of one unit; the event writer remembers them when the unit is durable.</summary>
    public sealed class Page(EventWriter eventWriter, Instant now)
    {
        private readonly List<EventEntry> entries = [];
        private readonly Dictionary<Key, Counted> counted = [];

        public IReadOnlyList<EventEntry> Entries => entries;

        /// <param name="stored">The row ids of the entries, in their order.</param>
        public void Keep(IReadOnlyList<long> stored) => eventWriter.Keep(counted, entries, stored, now.Ms);

        public void Write(SessionChange change, LicenseSnapshot? license)
        {
            switch (change)
            {
                case SessionChange.Started(var session, var byHeartbeat):
                    Insert(About(byHeartbeat ? EventKind.Resumed : EventKind.LoggedIn, session, license));
                    break;
                case SessionChange.Continued(var session):
                    Count(About(EventKind.Continued, session, license), SessionWindowMs);
                    break;
                case SessionChange.Resumed(var session):
                    Count(About(EventKind.Resumed, session, license), SessionWindowMs);
                    break;
                case SessionChange.Ended(var session, var reason, var by, var note):
                    var ended = About(EventKind.Ended, session, license);
                    ended.Code = WireNames.Of(reason);
                    ended.By = by;
                    ended.Detail = note;
                    if (reason == EndReason.TimedOut) Count(ended, SessionWindowMs);
                    else Insert(ended);
                    break;
                case SessionChange.CopySeen(var session, var sign, var where, var times):
                    var copied = About(EventKind.CopiedDevice, session, license);
                    copied.Code = WireNames.Of(sign);
                    copied.Detail = where;
                    Count(copied, CopyWindowMs, times, isFixed: true);
                    break;
                case SessionChange.Marked({ Kind: MarkKind.KeptOut } mark):
                    Insert(new SessionEvent
                    {
                        Kind = EventKind.KeptOut,
                        LicenseId = mark.LicenseId,
                        CustomerEmail = license?.CustomerEmail,
                        KeyMasked = license?.KeyMasked,
                        Device = mark.Device,
                        By = mark.SetBy,
                        Detail = mark.Reason,
                    });
                    break;
                case SessionChange.Unmarked({ Kind: MarkKind.KeptOut } mark, { } by, var note):
                    Insert(new SessionEvent
                    {
                        Kind = EventKind.KeptOut,
                        Code = WireNames.KeepOutLifted,
                        LicenseId = mark.LicenseId,
                        CustomerEmail = license?.CustomerEmail,
                        KeyMasked = license?.KeyMasked,
                        Device = mark.Device,
                        By = by,
                        Detail = note,
                    });
                    break;
            }
        }

        /// <param name="code">As in the answer to the client.</param>
        /// <param name="license">Null for an unknown key.</param>
        public void WriteRefusal(string code, ClientMessage message, LicenseSnapshot? license, string? detail)
        {
            var refusal = new SessionEvent
            {
                Kind = EventKind.Refused,
                Code = code,
                LicenseId = license?.Id,
                CustomerEmail = license?.CustomerEmail,
                KeyMasked = license?.KeyMasked,
                Device = message.Device.Length == 0 ? null : message.Device,
                Address = message.Address,
                Detail = detail,
            };
            if (!GoesOn(KeyOf(refusal), RefusalWindowMs) && !eventWriter.MakeRoom(license?.Id, now.Ms))
            {
                (refusal.Device, refusal.Detail) = (null, license is null ? "from many other addresses" : "of many other devices");
                if (license is null) refusal.Address = null;
            }

            Count(refusal, RefusalWindowMs);
        }

        /// <param name="license">Null if it is the limit of an address.</param>
        public void WriteLimited(LimitedRequests requests, LicenseSnapshot? license) => Count(new SessionEvent
        {
            Kind = EventKind.RateLimited,
            Code = WireNames.Of(requests.Limit),
            LicenseId = license?.Id,
            CustomerEmail = license?.CustomerEmail,
            KeyMasked = license?.KeyMasked,
            Address = requests.Address,
            Detail = requests.Address is null ? "from many other addresses" : null,
        }, RefusalWindowMs, requests.Count);

        /// <param name="of">How many streams were open.</param>
        public void WriteStreamsDropped(int count, int of) => Count(new SessionEvent
        {
            Kind = EventKind.StreamsDropped,
            Detail = string.Create(CultureInfo.InvariantCulture, $"of {of:#,0} open ones at once, as when a proxy restarts; their sessions are judged by heartbeats"),
        }, RefusalWindowMs, count);

        /// <param name="after">Null when it is deleted.</param>
        public void WriteLicenseChange(LicenseSnapshot before, LicenseSnapshot? after, string by, string? reason)
        {
            if (LicenseDifference.Between(before, after) is not { } difference) return;
            Insert(new SessionEvent
            {
                Kind = EventKind.LicenseChanged,
                Code = difference.Code,
                LicenseId = before.Id,
                CustomerEmail = before.CustomerEmail,
                KeyMasked = (after ?? before).KeyMasked,
                By = by,
                Detail = string.IsNullOrWhiteSpace(reason) ? difference.Text : $"{difference.Text} – {reason}",
            });
        }

        private static SessionEvent About(EventKind kind, LiveSession session, LicenseSnapshot? license) => new()
        {
            Kind = kind,
            LicenseId = session.LicenseId,
            CustomerEmail = license?.CustomerEmail,
            KeyMasked = license?.KeyMasked,
            SessionId = session.SessionId,
            Device = session.Device,
            Address = session.Address,
        };

        // An event that equals one of this unit only adds to its count.
        private void Count(SessionEvent e, long windowMs, int times = 1, bool isFixed = false)
        {
            var key = KeyOf(e);
            if (counted.TryGetValue(key, out var here))
            {
                entries[here.Place].Event.Count += times;
                return;
            }

            var row = GoesOn(key, windowMs) ? eventWriter.rows[key] : null;
            counted[key] = new Counted(entries.Count, row is not null && isFixed ? row.LastMs : now.Ms, row?.WindowMs ?? windowMs);
            Insert(e, times, row?.Id ?? 0);
        }

        // Refusals of unknown keys are equal by address, not by the invented device. A copied device has one row, whatever sign shows it.
        private static Key KeyOf(SessionEvent e) => new(
            e.Kind, e.Kind == EventKind.CopiedDevice ? null : e.Code, e.SessionId, e.LicenseId, e.LicenseId is null ? e.Address : e.SessionId is null ? e.Device : null);

        private bool GoesOn(Key key, long windowMs) => counted.ContainsKey(key) || (eventWriter.rows.TryGetValue(key, out var row) && now.Ms - row.LastMs < windowMs);

        private void Insert(SessionEvent e, int times = 1, long row = 0)
        {
            (e.At, e.LastAt, e.Count) = (now.Utc, now.Utc, times);
            entries.Add(new EventEntry(e, row));
        }
    }
}
