using System.Diagnostics;
using System.Globalization;
using QuoTrading.Portal.Bench.Lists;

namespace QuoTrading.Portal.Bench;

/// <summary><c>lists</c>: how long the pages of the lists take on a large database, and by which plans.</summary>
internal static class ListsCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var path = Text(arguments, "--database");
        var runs = CheckCommand.Number(arguments, "--runs") ?? 20;
        var only = Text(arguments, "--only");
        if (path is null || !File.Exists(path))
        {
            await Console.Error.WriteLineAsync("Say which: --database PATH, made by fill.");
            return 2;
        }

        await using var database = await LargeDatabase.OpenAsync(path);
        await using var connection = database.File.OpenConnection();
        using var tap = new CommandTap();
        Console.WriteLine("| list | filter | part | rows | median ms | p95 ms | CPU ms | plans |\n| --- | --- | --- | ---: | ---: | ---: | ---: | --- |");
        var (slow, heavy) = (0, 0);
        foreach (var one in await new ListCases(database, SampleValues.Read(database)).AllAsync())
        {
            if (only is not null && !$"{one.List} {one.Filter} {one.Part}".Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
            tap.IsOn = true;
            var rows = await one.RunAsync();
            tap.IsOn = false;
            var plans = tap.TakePlans(connection);
            var took = new List<double>(runs);
            var before = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < runs; i++)
            {
                var clock = Stopwatch.StartNew();
                await one.RunAsync();
                took.Add(clock.Elapsed.TotalMilliseconds);
                // One that is hopeless is known as such after a few turns.
                if (took.Sum() > 20_000) break;
            }

            // What a busy machine does not change.
            var worked = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / took.Count;
            took.Sort();
            var p95 = took[(int)Math.Ceiling(took.Count * .95) - 1];
            if (p95 > 200) slow++;
            if (worked > 200) heavy++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {one.List} | {one.Filter} | {one.Part} | {rows} | {took[took.Count / 2]:F1} | {p95:F1} | {worked:F1} | {string.Join(" ⏵ ", plans)} |"));
        }

        Console.WriteLine($"\n{slow} with a p95 above 200 ms; {heavy} that need more than 200 ms of processor time.");
        return slow == 0 ? 0 : 1;
    }

    /// <summary>The text behind an option; null where it is not given.</summary>
    public static string? Text(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }
}
