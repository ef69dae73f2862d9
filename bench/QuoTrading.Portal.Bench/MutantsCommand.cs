using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.Generating;
using QuoTrading.Portal.Bench.Mutations;

namespace QuoTrading.Portal.Bench;

/// <summary><c>mutants</c>: whether the history check finds what is planted.</summary>
internal static class MutantsCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var operations = CheckCommand.Number(arguments, "--operations") ?? 60_000;
        var seed = CheckCommand.Number(arguments, "--seed") ?? 1;
        var options = new CheckOptions(operations, seed, CheckCommand.Number(arguments, "--licenses") ?? CheckOptions.MostLicenses, LookEvery: LookEvery);
        var timeouts = CheckCommand.TimeoutsOf(arguments);
        var names = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
        var chosen = MutationList.All.Where(mutation => names.Count == 0 || names.Contains(mutation.Name)).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"There is no such mutation. There are: {string.Join(", ", MutationList.All.Select(mutation => mutation.Name))}");
            return 2;
        }

        Console.WriteLine($"seed {seed}, {options.Licenses} licenses, at most {operations:N0} operations each\n\n| mutation | planted bug | check | found as | after operations |\n| --- | --- | --- | --- | ---: |");
        var missed = 0;
        using var place = new MutantPlace();
        foreach (var mutation in chosen)
        {
            var (found, after) = ("", "");
            try
            {
                var program = await place.BuildAsync(mutation);
                (found, after) = mutation.Tests.Count > 0
                    ? (string.Join(", ", await place.TestAsync(program, mutation.Tests)), "")
                    : await CheckAsync(mutation, program, options with { Timeouts = timeouts ?? mutation.Timeouts });
            }
            catch (InvalidOperationException broken)
            {
                // It does not build or start: that is no planted bug, but a broken one.
                await Console.Error.WriteLineAsync($"{mutation.Name}: {broken.Message}");
            }

            var check = mutation.Tests.Count > 0 ? string.Join(", ", mutation.Tests.Select(name => name.Split('.')[^1])) : NameOf(timeouts ?? mutation.Timeouts);
            Console.WriteLine($"| {mutation.Name} | {mutation.What} | {check} | {(found.Length > 0 ? found : "**not found**")} | {after} |");
            if (found.Length == 0) missed++;
        }

        Console.WriteLine($"\n{chosen.Count - missed} of {chosen.Count} found");
        return missed == 0 ? 0 : 1;
    }

    private static string NameOf(Timeouts timeouts) => timeouts == Timeouts.ShortOnes ? "history" : $"history, {CheckCommand.NameOf(timeouts)} timeouts";

    private static async Task<(string Found, string After)> CheckAsync(Mutation mutation, string program, CheckOptions options)
    {
        var result = await CheckRun.RunAsync(program, options, _ => { });
        // Beside the table: whether it was found for the right reason, a person must judge.
        if (result.Violations.Count > 0) await Console.Error.WriteLineAsync($"{mutation.Name}: {result.Violations[0].Timeline(result.Record)}");
        else await Console.Error.WriteLineAsync($"{mutation.Name}: calm {new Bounds(result.Record).CalmShare:P0} of {result.Took.TotalSeconds:F0} s");
        return (string.Join(", ", result.Violations.GroupBy(v => v.Breach).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}")), $"{result.Answers:N0}");
    }
}
