namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Keeps the peak of the current minute, and the minutes that are over until they are written.</summary>
public sealed class ConcurrencyGauge
{
    // The store may be down for longer; then the oldest minutes are lost, so that memory stays bounded.
    private const int MostMinutes = 24 * 60;

    private readonly Lock noting = new();
    private readonly Queue<ConcurrentSessions> over = new();
    private ConcurrentSessions? current;

    /// <summary>A minute is over and not yet written.</summary>
    internal bool IsDue
    {
        get
        {
            lock (noting) return over.Count > 0;
        }
    }

    /// <summary>The minutes that are not written yet, including the current one; oldest first.</summary>
    public IReadOnlyList<ConcurrentSessions> Unwritten()
    {
        lock (noting) return current is null ? [.. over] : [.. over, new ConcurrentSessions { Minute = current.Minute, Live = current.Live, Licenses = current.Licenses }];
    }

    /// <summary>Notes how many sessions and licenses are live at this moment.</summary>
    /// <param name="utc">Wall time, because the chart is for people.</param>
    internal void Note(DateTime utc, int live, int licenses)
    {
        var minute = new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        lock (noting)
        {
            if (current?.Minute != minute) End();
            current ??= new ConcurrentSessions { Minute = minute };
            current.Live = Math.Max(current.Live, live);
            current.Licenses = Math.Max(current.Licenses, licenses);
        }
    }

    /// <summary>The portal stops: the current minute ends with its peak so far.</summary>
    internal void Finish()
    {
        lock (noting) End();
    }

    /// <summary>Inside a unit: writes the minutes that are over.</summary>
    internal void Flush(SessionBatch batch)
    {
        ConcurrentSessions[] minutes;
        lock (noting) minutes = [.. over];
        if (minutes.Length == 0) return;
        batch.WriteMinutes(minutes);
        batch.OnCommitted(() => Written(minutes));
    }

    private void Written(ConcurrentSessions[] minutes)
    {
        lock (noting)
            while (over.TryPeek(out var first) && minutes.Contains(first)) over.Dequeue();
    }

    private void End()
    {
        if (current is null) return;
        if (over.Count >= MostMinutes) over.Dequeue();
        over.Enqueue(current);
        current = null;
    }
}
