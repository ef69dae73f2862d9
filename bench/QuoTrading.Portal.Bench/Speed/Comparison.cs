namespace QuoTrading.Portal.Bench.Speed;

/// <summary>Two sides under the same load, in turns: A B A B …; what counts is the median of the rounds.</summary>
internal static class Comparison
{
    /// <param name="load">Called with the side and the number of its round.</param>
    public static async Task<(Median A, Median B)> RunAsync(int rounds, Side a, Side b, Func<Side, int, Task<Figures>> load)
    {
        var (ofA, ofB) = (new Median(), new Median());
        for (var round = 0; round < rounds; round++)
        {
            await AddAsync(ofA, a, round);
            await AddAsync(ofB, b, round);
        }

        return (ofA, ofB);

        async Task AddAsync(Median figures, Side side, int round)
        {
            var before = side.ProcessorSeconds;
            var come = await load(side, round);
            figures.Add(come, side.ProcessorSeconds - before);
        }
    }
}

/// <summary>The medians of some rounds.</summary>
internal sealed class Median
{
    private readonly List<Figures> rounds = [];
    private readonly List<double> costs = [];

    public double PerSecond => Of(rounds.Select(r => r.PerSecond));

    /// <summary>Milliseconds.</summary>
    public double P50 => Of(rounds.Select(r => r.P50));

    /// <summary>Milliseconds.</summary>
    public double P99 => Of(rounds.Select(r => r.P99));

    /// <summary>Microseconds of the server's processor time a request.</summary>
    public double Cost => Of(costs);

    public long Requests => rounds.Sum(r => r.Requests);

    public long Bad => rounds.Sum(r => r.Bad);

    public void Add(Figures round, double processorSeconds)
    {
        rounds.Add(round);
        costs.Add(processorSeconds * 1e6 / Math.Max(1, round.Requests));
    }

    public override string ToString() => $"{PerSecond:N0}/s, p50 {P50:F1} ms, p99 {P99:F1} ms, {Cost:F1} µs of processor" + (Bad > 0 ? $", {Bad:N0} bad" : "");

    private static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
