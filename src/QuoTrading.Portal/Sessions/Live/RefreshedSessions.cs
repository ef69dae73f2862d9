using System.Collections.Concurrent;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The licenses whose sessions were refreshed in memory and wait to be written.</summary>
internal sealed class RefreshedSessions(TimeProvider time)
{
    // docs/protocol.md, What each request does: after a restart a heartbeat may be up to one second older.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<SessionTable.Entry> waiting = new();
    // The entries of the turn that is being written, in reverse order. Used only by the code that writes.
    private readonly List<SessionTable.Entry> turn = [];
    private volatile bool isInTurn;
    private long oldest;
    private long oldestTaken;

    public bool IsEmpty => !isInTurn && waiting.IsEmpty;

    /// <summary>True if the oldest entry has waited for a second: from then on heartbeats wait for the store like other requests.</summary>
    public bool IsBehind => IsOld(Volatile.Read(ref oldestTaken)) || IsOld(Volatile.Read(ref oldest));

    public void Add(SessionTable.Entry entry)
    {
        waiting.Enqueue(entry);
        // 0 means none, so a reading of exactly 0 becomes 1.
        Interlocked.CompareExchange(ref oldest, Math.Max(1, time.GetTimestamp()), 0);
    }

    /// <summary>
    /// Takes at most so many entries, to be written in one unit; <see cref="Settle"/> follows. All entries that wait are one turn, written
    /// in the order of the table, so that a unit touches few pages; entries that come later have their own second.
    /// </summary>
    public List<SessionTable.Entry> Take(int most)
    {
        if (turn.Count == 0) BeginTurn();
        var count = Math.Min(most, turn.Count);
        var taken = turn.GetRange(turn.Count - count, count);
        turn.RemoveRange(turn.Count - count, count);
        isInTurn = turn.Count > 0;
        return taken;
    }

    /// <summary>The taken entries are written, or wait again.</summary>
    public void Settle()
    {
        if (turn.Count == 0) Volatile.Write(ref oldestTaken, 0);
    }

    private void BeginTurn()
    {
        Volatile.Write(ref oldestTaken, Interlocked.Exchange(ref oldest, 0));
        // No more than are there now: entries that come meanwhile could keep this loop running for ever.
        for (var left = waiting.Count; left > 0 && waiting.TryDequeue(out var entry); left--) turn.Add(entry);
        turn.Sort(static (a, b) => FirstOf(b).CompareTo(FirstOf(a)));
    }

    private static Guid FirstOf(SessionTable.Entry entry) => entry.Sessions.Live is [var session, ..] ? session.SessionId : Guid.Empty;

    private bool IsOld(long since) => since != 0 && time.GetElapsedTime(since) >= Limit;
}
