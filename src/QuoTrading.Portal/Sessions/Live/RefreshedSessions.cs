using System.Collections.Concurrent;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The licenses whose sessions were refreshed in memory and wait to be written.</summary>
internal sealed class RefreshedSessions(TimeProvider time)
{
    // docs/protocol.md, What each request does: a heartbeat may be remembered up to one second older.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<SessionTable.Entry> waiting = new();
    // Of the turn that is being written, the last to be written first. Only whoever writes looks at it.
    private readonly List<SessionTable.Entry> turn = [];
    private volatile bool isInTurn;
    private long oldest;
    private long oldestTaken;

    public bool IsEmpty => !isInTurn && waiting.IsEmpty;

    /// <summary>True when the oldest has waited for a second: from now on heartbeats wait for the store like everything else.</summary>
    public bool IsBehind => IsOld(Volatile.Read(ref oldestTaken)) || IsOld(Volatile.Read(ref oldest));

    public void Add(SessionTable.Entry entry)
    {
        waiting.Enqueue(entry);
        // 0 means none; a reading of exactly 0 is as good as 1.
        Interlocked.CompareExchange(ref oldest, Math.Max(1, time.GetTimestamp()), 0);
    }

    /// <summary>
    /// Takes up to so many, to be written in one unit; then <see cref="Settle"/>. All that waits is one turn, written in the order of
    /// the table, so that a unit touches few of its pages; what comes later counts its own second.
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

    /// <summary>What was taken is written, or waits again.</summary>
    public void Settle()
    {
        if (turn.Count == 0) Volatile.Write(ref oldestTaken, 0);
    }

    private void BeginTurn()
    {
        Volatile.Write(ref oldestTaken, Interlocked.Exchange(ref oldest, 0));
        // No more than were there: what comes meanwhile may go on for ever.
        for (var left = waiting.Count; left > 0 && waiting.TryDequeue(out var entry); left--) turn.Add(entry);
        turn.Sort(static (a, b) => FirstOf(b).CompareTo(FirstOf(a)));
    }

    private static Guid FirstOf(SessionTable.Entry entry) => entry.Sessions.Live is [var session, ..] ? session.SessionId : Guid.Empty;

    private bool IsOld(long since) => since != 0 && time.GetElapsedTime(since) >= Limit;
}
