namespace QuoTrading.Portal.Sessions.Measures;

/// <summary>Counts what happens too often for anything but one addition, and says how often it happened in the last seconds.</summary>
internal sealed class RecentRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly Lock sampling = new();
    private readonly Queue<(long At, long Total)> samples = new();
    private long total;

    public RecentRate(TimeProvider time)
    {
        this.time = time;
        samples.Enqueue((time.GetTimestamp(), 0));
    }

    /// <summary>Since the start.</summary>
    public long Total => Volatile.Read(ref total);

    /// <summary>A second's worth, on average over the last ten seconds.</summary>
    public double PerSecond
    {
        get
        {
            lock (sampling)
            {
                var (at, before) = samples.Peek();
                var passed = time.GetElapsedTime(at).TotalSeconds;
                return passed > 0 ? (Total - before) / passed : 0;
            }
        }
    }

    /// <summary>It happened once more.</summary>
    public void Count() => Interlocked.Increment(ref total);

    /// <summary>To be called once or twice a second: from then on it is known how often it happened since then.</summary>
    public void Sample()
    {
        lock (sampling)
        {
            samples.Enqueue((time.GetTimestamp(), Total));
            // The one to compare with is the youngest that is old enough.
            while (samples.Count > 1 && time.GetElapsedTime(samples.ElementAt(1).At) >= Window) samples.Dequeue();
        }
    }
}
