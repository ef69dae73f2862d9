namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Named here so that nobody thinks it forgotten. A program must not set the clock of the machine it runs on.</summary>
internal sealed class ClockSteps : IFault
{
    public string Name => "clock-steps";

    public string What => "the wall clock jumps by an hour, forward and back";

    public Task<Finding> RunAsync(FaultRun run) => Task.FromResult(new Finding(Verdict.InTheSuite,
        "not done here: `ClockTests.A_stepped_wall_clock_ends_nobody_and_lets_nobody_in` does it with a clock of its own"));
}
