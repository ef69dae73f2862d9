using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Mutations;

/// <summary>A bug that is planted to see whether it is found.</summary>
/// <param name="Name">As one names it on the command line.</param>
/// <param name="What">In a sentence.</param>
public sealed record Mutation(string Name, string What, params Edit[] Edits)
{
    /// <summary>
    /// The test classes that must fail, without the namespace that they have in common: what no history could show, a millisecond or a
    /// year. Empty where the history check must find it.
    /// </summary>
    public IReadOnlyList<string> Tests { get; init; } = [];

    /// <summary>The session timeouts with which the history check finds it.</summary>
    public Timeouts Timeouts { get; init; } = Timeouts.ShortOnes;
}

/// <param name="File">Below <c>src/QuoTrading.Portal</c>.</param>
/// <param name="From">Must be there exactly once: when the code changes, its mutation must follow.</param>
public sealed record Edit(string File, string From, string To);
