using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The clock for ages (docs/protocol.md, Words). It follows the monotonic clock, but advances at most 2 s per reading and stands still
/// while the store cannot commit. So neither a suspended process, nor a changed wall clock, nor downtime ends a session or lets a second
/// device in.
/// </summary>
public sealed class ServiceClock(TimeProvider time)
{
    /// <summary>The most milliseconds between two readings, and during one commit.</summary>
    public const long MostMs = 2000;

    private readonly Lock reading = new();
    private long lastTimestamp = time.GetTimestamp();
    private long ms;
    private long? commitSince;
    private long? gapFrom;
    private bool stopped;

    /// <summary>Reads both clocks. Must be called at least every 2 s; a longer pause is a gap.</summary>
    public Instant Now()
    {
        lock (reading)
        {
            Advance();
            return new Instant(ms, time.GetUtcNow().UtcDateTime);
        }
    }

    /// <summary>At start: continues from the service time of the last flush. The downtime is a gap.</summary>
    public void ContinueFrom(long storedMs)
    {
        lock (reading)
        {
            lastTimestamp = time.GetTimestamp();
            ms = Math.Max(ms, storedMs);
            gapFrom ??= ms;
        }
    }

    /// <summary>The store begins a commit; until it ends, the clock advances by at most 2 s.</summary>
    public void CommitBegins()
    {
        lock (reading)
        {
            Advance();
            commitSince = ms;
        }
    }

    /// <summary>The store has committed, or could not: then the clock stands until it can.</summary>
    public void CommitEnds(bool done)
    {
        lock (reading)
        {
            Advance();
            commitSince = null;
            stopped = !done;
            if (stopped) gapFrom ??= ms;
        }
    }

    /// <summary>Ends the gap, if service time was withheld since the last call.</summary>
    /// <returns>The service time just before the gap, by which sessions are judged live; null if there was no gap.</returns>
    public long? TakeGap()
    {
        lock (reading)
        {
            var from = gapFrom;
            gapFrom = null;
            return from;
        }
    }

    private void Advance()
    {
        var timestamp = time.GetTimestamp();
        var passed = (long)time.GetElapsedTime(lastTimestamp, timestamp).TotalMilliseconds;
        if (passed <= 0) return;
        // The fraction of a millisecond stays for the next reading; otherwise the clock of a busy server would run slow.
        lastTimestamp += passed * time.TimestampFrequency / 1000;

        var allowed = Math.Min(passed, MostMs);
        if (commitSince is { } since) allowed = Math.Min(allowed, Math.Max(0, since + MostMs - ms));
        if (stopped) allowed = 0;
        if (allowed < passed && passed - allowed > 1) gapFrom ??= ms;
        ms += allowed;
    }
}
