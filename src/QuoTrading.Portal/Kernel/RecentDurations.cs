namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A histogram of durations over the last five minutes. Each bucket is a fifth wider than the one before, so that memory does not depend
/// on the number of durations, and a percentile is exact to a tenth.
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

    /// <summary>The last duration, even if it is older than five minutes; null before the first.</summary>
    public TimeSpan? Last
    {
        get
        {
            lock (counting) return last;
        }
    }

    /// <summary>Adds one duration.</summary>
    public void Add(TimeSpan duration)
    {
        lock (counting)
        {
            Turn();
            counts[slice % Slices, Bucket(duration)]++;
            last = duration;
        }
    }

    /// <summary>A percentile of the last five minutes; null without durations.</summary>
    /// <param name="share">0.5 for the median, 0.99 for the 99th percentile.</param>
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

    // Clears the slices that are reused for the time since the last call.
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
