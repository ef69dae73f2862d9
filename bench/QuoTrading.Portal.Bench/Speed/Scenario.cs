namespace QuoTrading.Portal.Bench.Speed;

/// <summary>A row of the table.</summary>
/// <param name="Measured">What came out, with the figures it was compared with.</param>
/// <param name="Met">Null where there is no target.</param>
internal sealed record SpeedRow(string Scenario, string Target, string Measured, bool? Met);

/// <summary>Something that is measured.</summary>
/// <param name="Name">As one names it on the command line.</param>
/// <param name="What">In a sentence.</param>
/// <param name="IsQuick">Part of <c>quick</c>.</param>
internal sealed record Scenario(string Name, string What, bool IsQuick, Func<SpeedRun, Task<IReadOnlyList<SpeedRow>>> RunAsync);

/// <summary>What a run of scenarios shares.</summary>
/// <param name="Program">The published portal's assembly.</param>
internal sealed record SpeedRun(string Program, bool IsQuick, Action<string> Say)
{
    /// <summary>So many turns of each side; odd, so that the median is one of them.</summary>
    public int Rounds => IsQuick ? 3 : 5;

    /// <summary>How long each turn is.</summary>
    public TimeSpan Turn => TimeSpan.FromSeconds(IsQuick ? 3 : 10);
}
