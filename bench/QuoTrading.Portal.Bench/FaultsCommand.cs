using System.Diagnostics;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench;

/// <summary><c>faults</c>: harms portals in every way we know, and sees whether they keep what they promise.</summary>
internal static class FaultsCommand
{
    /// <summary>Nothing failed, but something could not be run here.</summary>
    private const int NotAllRun = 3;

    private static readonly IFault[] All =
    [
        new Kills(), new Durability(), new Injected(), new ReadOnlyDatabase(), new FullDisk(), new LockedDatabase(), new SecondServer(), new Suspended(),
        new ClockSteps(), new CrashLoop(), new Malformed(), new IdleConnections(), new Overload(), new RetentionUnderLoad(),
    ];

    /// <returns>0: all is well; 1: one failed; 2: misused; 3: none failed, but one could not be run here.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var seed = CheckCommand.Number(arguments, "--seed") ?? Random.Shared.Next(1, 1_000_000);
        var names = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
        var unknown = names.Where(name => !All.Any(fault => fault.Name == name)).ToList();
        if (unknown.Count > 0)
        {
            await Console.Error.WriteLineAsync($"There is no fault {string.Join(", ", unknown)}. There are: {string.Join(", ", All.Select(fault => fault.Name))}");
            return 2;
        }

        Console.WriteLine($"seed {seed}");
        var run = new FaultRun(CheckCommand.Program, seed, line => Console.Error.WriteLine($"    {line}"));
        var findings = new List<(IFault Fault, Finding Finding)>();
        foreach (var fault in All.Where(fault => names.Count == 0 || names.Contains(fault.Name)))
        {
            var watch = Stopwatch.StartNew();
            var finding = await TryAsync(fault, run);
            Console.WriteLine($"{fault.Name,-18} {Word(finding.Verdict),-12} {watch.Elapsed.TotalSeconds,4:F0} s  {finding.Figures}");
            findings.Add((fault, finding));
        }

        Console.WriteLine("\n| fault | what is done | result | measured |\n| --- | --- | --- | --- |");
        foreach (var (fault, finding) in findings) Console.WriteLine($"| {fault.Name} | {fault.What} | {Word(finding.Verdict)} | {finding.Figures.ReplaceLineEndings(" ")} |");
        return findings.Exists(f => f.Finding.Verdict == Verdict.Failed) ? 1 : findings.Exists(f => f.Finding.Verdict == Verdict.NotRun) ? NotAllRun : 0;
    }

    private static async Task<Finding> TryAsync(IFault fault, FaultRun run)
    {
        try
        {
            return await fault.RunAsync(run);
        }
        catch (NotRunException missing)
        {
            return new Finding(Verdict.NotRun, $"not run: {missing.Message}");
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return new Finding(Verdict.Failed, $"{failure.GetType().Name}: {failure.Message}");
        }
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Failed => "FAILED",
        Verdict.NotRun => "not run",
        _ => "in the suite",
    };
}
