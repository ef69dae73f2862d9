namespace QuoTrading.Portal.Bench.Faults;

/// <summary>How long answers took. May be filled by many at a time.</summary>
internal sealed class Latencies
{
    private readonly Lock adding = new();
    private readonly List<double> milliseconds = [];

    public int Count
    {
        get
        {
            lock (adding) return milliseconds.Count;
        }
    }

    public TimeSpan Longest => TimeSpan.FromMilliseconds(Percentile(100));

    public void Add(TimeSpan took)
    {
        lock (adding) milliseconds.Add(took.TotalMilliseconds);
    }

    /// <returns>Milliseconds; 0 where there is none.</returns>
    public double Percentile(double percent)
    {
        lock (adding)
        {
            if (milliseconds.Count == 0) return 0;
            var sorted = milliseconds.Order().ToArray();
            return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
        }
    }

    public override string ToString() => $"p50 {Percentile(50):F1} ms, p99 {Percentile(99):F1} ms, longest {Percentile(100):F0} ms";
}
