namespace QuoTrading.Portal.Bench.Mutations;

/// <summary>A bug that is planted to see whether the history check finds it.</summary>
/// <param name="Name">As one names it on the command line.</param>
/// <param name="What">In a sentence.</param>
public sealed record Mutation(string Name, string What, params Edit[] Edits);

/// <param name="File">Below <c>src/QuoTrading.Portal</c>.</param>
/// <param name="From">Must be there exactly once: when the code changes, its mutation must follow.</param>
public sealed record Edit(string File, string From, string To);
