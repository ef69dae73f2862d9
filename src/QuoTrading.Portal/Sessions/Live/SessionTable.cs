using System.Collections.Concurrent;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The stored sessions of every license that has any, in memory. Changed when a unit is durable; only a refresh of a live session may be
/// here earlier, by a second at most.
/// </summary>
internal sealed class SessionTable
{
    private readonly ConcurrentDictionary<long, Entry> entries = new();

    /// <summary>All entries, in no order. May be enumerated while other threads change the table.</summary>
    public IEnumerable<Entry> Entries
    {
        get
        {
            // Not the dictionary's Values: that copies all entries under all locks, and this runs several times a second.
            foreach (var (_, entry) in entries) yield return entry;
        }
    }

    /// <summary>How many licenses have sessions. Not for every request: it locks the table.</summary>
    public int Count => entries.Count;

    public Entry? Find(long licenseId) => entries.GetValueOrDefault(licenseId);

    public Entry Get(long licenseId) => entries.GetOrAdd(licenseId, static id => new Entry(id));

    /// <summary>Allows refreshes again. A license without sessions is removed from the table: only units add one.</summary>
    /// <param name="sessions">The sessions after the unit; null if it was rolled back.</param>
    public void Thaw(Entry entry, LicenseSessions? sessions)
    {
        entry.Thaw(sessions);
        if (entry.Sessions.IsEmpty) entries.TryRemove(new(entry.LicenseId, entry));
    }

    /// <summary>Replaces all sessions by those that were read from the store. For one session in both, the newer message counts.</summary>
    public void Replace(IReadOnlyDictionary<long, LicenseSessions> stored)
    {
        foreach (var (licenseId, entry) in entries)
            if (!stored.ContainsKey(licenseId)) entry.Replace(LicenseSessions.Empty);
        foreach (var (licenseId, sessions) in stored) Get(licenseId).Replace(sessions);
    }

    /// <summary>The sessions of one license.</summary>
    public sealed class Entry(long licenseId)
    {
        private readonly Lock changing = new();
        private bool frozen;
        private bool dirty;

        public long LicenseId => licenseId;

        /// <summary>The current sessions; immutable, so they may be read without a lock.</summary>
        public LicenseSessions Sessions { get; private set; } = LicenseSessions.Empty;

        /// <summary>
        /// A refresh without the writer: calls <paramref name="decide"/>, and applies its decision at once if that is nothing but a
        /// refresh.
        /// </summary>
        /// <param name="decide">Returns null if the message must be durable before its answer.</param>
        /// <param name="becameDirty">True if the entry must be written, and was not waiting for that before.</param>
        /// <returns>False if the writer must decide, or is deciding now.</returns>
        public bool TryRefresh(Func<LicenseSessions, Decision?> decide, out bool becameDirty)
        {
            lock (changing)
            {
                becameDirty = false;
                if (frozen) return false;
                if (decide(Sessions) is not { IsRefresh: true } decision) return false;
                Sessions = decision.Sessions;
                becameDirty = !dirty;
                dirty = true;
                return true;
            }
        }

        /// <summary>Changes sessions in place, inside a unit; they are written with the next flush.</summary>
        /// <returns>True if the entry must be written, and was not waiting for that before.</returns>
        public bool Adjust(Func<LicenseSessions, LicenseSessions> change)
        {
            lock (changing)
            {
                var changed = change(Sessions);
                if (ReferenceEquals(changed, Sessions)) return false;
                Sessions = changed;
                var becameDirty = !dirty;
                dirty = true;
                return becameDirty;
            }
        }

        /// <summary>From now on only the unit that froze the entry changes it, until <see cref="Thaw"/>.</summary>
        public LicenseSessions Freeze()
        {
            lock (changing)
            {
                frozen = true;
                return Sessions;
            }
        }

        /// <param name="sessions">The sessions after the unit; null if it was rolled back.</param>
        public void Thaw(LicenseSessions? sessions)
        {
            lock (changing)
            {
                frozen = false;
                if (sessions is not null) Sessions = sessions;
            }
        }

        /// <summary>The sessions that a flush has to write. If they cannot be written, the caller calls <see cref="MakeDirty"/>.</summary>
        public LicenseSessions TakeDirty()
        {
            lock (changing)
            {
                dirty = false;
                return Sessions;
            }
        }

        /// <returns>True if it was not dirty before.</returns>
        public bool MakeDirty()
        {
            lock (changing)
            {
                var was = dirty;
                dirty = true;
                return !was;
            }
        }

        public void Replace(LicenseSessions stored)
        {
            lock (changing)
            {
                frozen = false;
                var here = Sessions;
                // At a start there is nothing here.
                Sessions = here.Live.IsEmpty ? stored : stored with { Live = [.. stored.Live.Select(s => Newer(s, here.Find(s.SessionId)))] };
            }
        }

        // Values that are not stored are kept; of the two messages the newer counts.
        private static LiveSession Newer(LiveSession stored, LiveSession? here) => here switch
        {
            null => stored,
            _ when here.LastSeenMs > stored.LastSeenMs => here with { Seat = stored.Seat, SeatLead = stored.SeatLead },
            _ => stored with
            {
                IntervalMs = here.IntervalMs,
                Lost = here.Lost,
                ApartSinceMs = here.ApartSinceMs,
                Elsewhere = here.Elsewhere,
                BeatsSinceMs = here.BeatsSinceMs,
                Beats = here.Beats,
                BeatSymbols = here.BeatSymbols,
            },
        };
    }
}
