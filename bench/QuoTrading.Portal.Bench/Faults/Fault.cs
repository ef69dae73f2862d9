namespace QuoTrading.Portal.Bench.Faults;

/// <summary>One kind of trouble, run against portals of its own, and what must hold in it.</summary>
internal interface IFault
{
    /// <summary>As it is called on the command line.</summary>
    string Name { get; }

    /// <summary>What is done, in a sentence for the table.</summary>
    string What { get; }

    /// <exception cref="NotRunException">A tool or a right is missing.</exception>
    Task<Finding> RunAsync(FaultRun run);
}

/// <param name="Program">The portal's assembly.</param>
/// <param name="Seed">Decides all choices by lot.</param>
/// <param name="Say">Progress, for whoever watches.</param>
internal sealed record FaultRun(string Program, int Seed, Action<string> Say);

internal enum Verdict
{
    Ok,
    Failed,

    /// <summary>A tool or a right is missing here: neither good nor bad.</summary>
    NotRun,

    /// <summary>A test of the suite does it, and this program cannot.</summary>
    InTheSuite,
}

/// <summary>How it went.</summary>
/// <param name="Figures">What was counted and measured; for a failure what was wrong, too.</param>
internal sealed record Finding(Verdict Verdict, string Figures);

/// <summary>The fault cannot be made on this machine. The message says what is missing.</summary>
internal sealed class NotRunException(string message) : Exception(message);
