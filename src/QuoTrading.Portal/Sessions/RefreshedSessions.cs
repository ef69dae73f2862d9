using System.Collections.Concurrent;

namespace QuoTrading.Portal.Sessions;

/// <summary>The licenses whose sessions were refreshed in memory and wait to be written.</summary>
internal sealed class RefreshedSessions(TimeProvider time)
{
    // PROTOCOL.md: a heartbeat may be remembered up to one second older.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<SessionTable.Entry> waiting = new();
    private long oldest;
    private long oldestTaken;

    public bool IsEmpty => waiting.IsEmpty;

    /// <summary>True when the oldest has waited for a second: from now on heartbeats wait for the store like everything else.</summary>
    public bool IsBehind => IsOld(Volatile.Read(ref oldestTaken)) || IsOld(Volatile.Read(ref oldest));

    public void Add(SessionTable.Entry entry)
    {
        waiting.Enqueue(entry);
        // 0 means none; a reading of exactly 0 is as good as 1.
        Interlocked.CompareExchange(ref oldest, Math.Max(1, time.GetTimestamp()), 0);
    }

    /// <summary>Takes up to so many, to be written in one unit; then <see cref="Settle"/>. What comes later counts its own second.</summary>
    public List<SessionTable.Entry> Take(int most)
    {
        Volatile.Write(ref oldestTaken, Volatile.Read(ref oldest));
        if (waiting.Count <= most) Interlocked.Exchange(ref oldest, 0);
        var taken = new List<SessionTable.Entry>(Math.Min(most, waiting.Count));
        while (taken.Count < most && waiting.TryDequeue(out var entry)) taken.Add(entry);
        return taken;
    }

    /// <summary>What was taken is written, or waits again.</summary>
    public void Settle() => Volatile.Write(ref oldestTaken, 0);

    private bool IsOld(long since) => since != 0 && time.GetElapsedTime(since) >= Limit;
}
