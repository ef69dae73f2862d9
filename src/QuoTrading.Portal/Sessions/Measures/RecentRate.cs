namespace QuoTrading.Portal.Sessions.Measures;

/// <summary>Counts a very frequent event with one addition each, and calculates its rate over the last seconds.</summary>
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

    /// <summary>The count since the start.</summary>
    public long Total => Volatile.Read(ref total);

    /// <summary>Events per second, on average over the last ten seconds.</summary>
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

    /// <summary>Counts one event.</summary>
    public void Count() => Interlocked.Increment(ref total);

    /// <summary>Takes a sample that <see cref="PerSecond"/> compares with. Must be called once or twice a second.</summary>
    public void Sample()
    {
        lock (sampling)
        {
            samples.Enqueue((time.GetTimestamp(), Total));
            // Keeps the newest sample that is at least as old as the window, and all newer ones.
            while (samples.Count > 1 && time.GetElapsedTime(samples.ElementAt(1).At) >= Window) samples.Dequeue();
        }
    }
}
