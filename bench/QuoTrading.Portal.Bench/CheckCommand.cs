using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench;

/// <summary><c>check</c>: one run of the history check.</summary>
internal static class CheckCommand
{
    /// <summary>The portal that was built with this program.</summary>
    public static string Program => typeof(Storage.Writer).Assembly.Location;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new CheckOptions(Number(arguments, "--operations") ?? 100_000, Number(arguments, "--seed") ?? Random.Shared.Next(1, 1_000_000),
            Number(arguments, "--licenses") ?? CheckOptions.MostLicenses, Timeouts: TimeoutsOf(arguments) ?? Timeouts.ShortOnes);
        Console.WriteLine($"seed {options.Seed}, {options.Operations:N0} operations, {options.Licenses} licenses, timeouts {NameOf(options.Timeouts)}");
        var result = await CheckRun.RunAsync(Program, options, Console.WriteLine);

        Tell(result);
        if (result.Violations.Count == 0) return 0;
        foreach (var violation in result.Violations.Take(3)) Console.WriteLine(violation.Timeline(result.Record));
        Console.WriteLine($"The same choices again: check --operations {options.Operations} --seed {options.Seed} --licenses {options.Licenses} --timeouts {NameOf(options.Timeouts)} (which requests meet is up to the machine).");
        return 1;
    }

    private static void Tell(CheckResult result)
    {
        var record = result.Record;
        Console.WriteLine($"{result.Answers:N0} answers in {result.Took.TotalSeconds:F0} s; {record.Operations.Count(o => o.Answered is null):N0} requests without one");
        Console.WriteLine("told: " + string.Join(", ", record.Operations.GroupBy(o => o.Told).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count():N0}")));
        Console.WriteLine("server: " + string.Join(", ", record.Disturbances.GroupBy(d => d.Kind).Select(g => $"{g.Key} {g.Count()}")) + $", timeout changed {record.Changes.Count} times, licenses {record.Terms.Count:N0} times");
        Console.WriteLine($"streams: {record.Streams.Count:N0}, dropped {record.Streams.Count(s => s.Dropped is not null):N0}, told of an end {record.Streams.Count(s => s.LoggedOut is not null):N0}; sessions that lost their connection: {record.Rows?.Count(row => row.EndReason == "connection_lost"):N0}; drops that surely ended one: {Checker.CountSureDrops(record):N0}");
        Console.WriteLine($"networks: {record.Operations.Select(o => o.Network).Distinct(StringComparer.Ordinal).Count()}; sessions that came apart from their seat: {record.Rows?.Count(row => row.EndReason == "moved_apart"):N0}; copied devices set {record.Copies.Count} times; tokens given {record.Operations.Count(o => o.NewToken is not null):N0}; silent streams {record.Streams.Sum(stream => stream.Silences.Count):N0}");
        Console.WriteLine($"calm, so that time-outs are exact: {new Bounds(record).CalmShare:P0} of the time");
        Console.WriteLine($"history rows: {record.Rows?.Count:N0}");
        Console.WriteLine(result.Violations.Count == 0
            ? "0 violations"
            : $"{result.Violations.Count} violations: " + string.Join(", ", result.Violations.GroupBy(v => v.Breach).Select(g => $"{g.Key} {g.Count()}")));
    }

    /// <summary>Null where nothing is said.</summary>
    /// <exception cref="ArgumentException">There are no such timeouts.</exception>
    public static Timeouts? TimeoutsOf(string[] arguments) => ListsCommand.Text(arguments, "--timeouts") switch
    {
        null => null,
        "short" => Timeouts.ShortOnes,
        "long" => Timeouts.LongOnes,
        "mixed" => Timeouts.Both,
        var other => throw new ArgumentException($"--timeouts is short, long or mixed, not {other}.", nameof(arguments)),
    };

    /// <summary>As the command line names them.</summary>
    public static string NameOf(Timeouts timeouts) => timeouts switch
    {
        Timeouts.ShortOnes => "short",
        Timeouts.LongOnes => "long",
        _ => "mixed",
    };

    public static int? Number(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length && int.TryParse(arguments[at + 1], out var number) ? number : null;
    }
}
