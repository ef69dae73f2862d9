namespace QuoTrading.Portal.Kernel;

/// <summary>
/// How long something took, over the last five minutes. It counts in buckets that grow by a fifth, so that it costs the same
/// however often it is told, and says a percentile to a tenth.
/// </summary>
public sealed class RecentDurations(TimeProvider time)
{
    private const int Slices = 10;
    private const int Buckets = 100;
    private const double SliceSeconds = 30;
    private const double Smallest = 0.00001;
    private const double Growth = 1.2;

    private readonly Lock counting = new();
    private readonly int[,] counts = new int[Slices, Buckets];
    private readonly long start = time.GetTimestamp();
    private long slice;
    private TimeSpan? last;

    /// <summary>The newest one, however old; null before the first.</summary>
    public TimeSpan? Last
    {
        get
        {
            lock (counting) return last;
        }
    }

    /// <summary>Notes one.</summary>
    public void Add(TimeSpan duration)
    {
        lock (counting)
        {
            Turn();
            counts[slice % Slices, Bucket(duration)]++;
            last = duration;
        }
    }

    /// <summary>What so many of the last five minutes' took at most; null where there were none.</summary>
    /// <param name="share">0.5 for the median, 0.99 for all but the slowest of a hundred.</param>
    public TimeSpan? Percentile(double share)
    {
        lock (counting)
        {
            Turn();
            var total = counts.Cast<int>().Sum(count => (long)count);
            if (total == 0) return null;
            var rank = (long)Math.Ceiling(share * total);
            var bucket = -1;
            for (var seen = 0L; seen < rank;)
            {
                bucket++;
                for (var i = 0; i < Slices; i++) seen += counts[i, bucket];
            }

            // The middle of the bucket.
            return TimeSpan.FromSeconds(Smallest * Math.Pow(Growth, bucket + 0.5));
        }
    }

    private static int Bucket(TimeSpan duration) =>
        duration.TotalSeconds <= Smallest ? 0 : Math.Min(Buckets - 1, (int)(Math.Log(duration.TotalSeconds / Smallest) / Math.Log(Growth)));

    // Empties the slices that time has come round to.
    private void Turn()
    {
        var current = (long)(time.GetElapsedTime(start).TotalSeconds / SliceSeconds);
        for (var left = Math.Min(Slices, current - slice); left > 0; left--)
        {
            var empty = (int)((current - left + 1) % Slices);
            for (var bucket = 0; bucket < Buckets; bucket++) counts[empty, bucket] = 0;
        }

        slice = current;
    }
}
