namespace QuoTrading.Portal.Bench.Faults;

/// <summary>What clients do in the background, each on his own, until it is told to end.</summary>
internal sealed class Ongoing
{
    private readonly Task all;
    private volatile bool ending;

    /// <param name="pause">Of each, between two steps.</param>
    public Ongoing(TimeSpan pause, params IEnumerable<Func<Task>> steps) => all = Task.WhenAll(steps.Select(async step =>
    {
        while (!ending)
        {
            await step();
            await Task.Delay(pause);
        }
    }));

    /// <summary>Waits until every step that has begun is done.</summary>
    public Task EndAsync()
    {
        ending = true;
        return all;
    }
}
