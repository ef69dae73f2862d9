namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Choices by lot. Each client has its own sequence, which the seed of the run decides alone.</summary>
public sealed class Lot(int seed, int stream)
{
    private readonly Random random = new(unchecked((seed * 1_000_003) + stream));

    public bool Falls(double probability) => random.NextDouble() < probability;

    public double Between(double least, double most) => least + (random.NextDouble() * (most - least));

    public int Below(int count) => random.Next(count);

    public T OneOf<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public IReadOnlyList<T> Shuffle<T>(IEnumerable<T> items)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }
}
