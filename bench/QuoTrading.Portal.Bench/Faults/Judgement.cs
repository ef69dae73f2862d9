using System.Collections.Concurrent;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Gathers what did not hold. May be used by many at a time.</summary>
internal sealed class Judgement
{
    private readonly ConcurrentQueue<string> breaches = new();

    public void Expect(bool holds, string otherwise)
    {
        if (!holds) breaches.Enqueue(otherwise);
    }

    /// <param name="figures">For the table.</param>
    public Finding Finish(string figures) => breaches.IsEmpty
        ? new Finding(Verdict.Ok, figures)
        : new Finding(Verdict.Failed, $"{figures}. {breaches.Count} breaches: {string.Join("; ", breaches.Distinct(StringComparer.Ordinal).Take(5))}");
}
