using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using QuoTrading.Portal.Bench.Faults;
using QuoTrading.Portal.Bench.Mutations;
using QuoTrading.Portal.Bench.Speed;

namespace QuoTrading.Portal.Bench;

/// <summary><c>all</c>, <c>quick</c>, or one scenario by name: how fast the published portal is, beside the floor.</summary>
internal static class SpeedCommand
{
    private const string Begin = "<!-- speed: written by the bench -->";
    private const string End = "<!-- end of speed -->";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("heartbeats", "10,000 live sessions, 64 connections", IsQuick: true, Beats.CompareAsync),
        new("connections", "the same, a new connection for each heartbeat", IsQuick: true, Beats.OnNewConnectionsAsync),
        new("signed", "the same with a nonce in each, so that the answers are signed", IsQuick: false, Beats.SignedAsync),
        new("logins", "logins and releases in pairs", IsQuick: true, Logins.PairsAsync),
        new("slow-disk", "the same while every sync takes 5 ms more", IsQuick: false, Logins.SlowDiskAsync),
        new("races", "two devices for each license at once", IsQuick: true, Logins.RacesAsync),
        new("weekend", "10,000 bots that time out and come back, all at once", IsQuick: false, Weekend.RunAsync),
        new("dashboards", "20 pages of a real browser on the Online page, 10,000 live sessions", IsQuick: false, Watching.RunAsync),
        new("streams", "10,000 open session streams", IsQuick: false, Streams.RunAsync),
        new("large", "1,000,000 licenses, 100,000 live sessions: heartbeats, memory, start", IsQuick: false, Beats.LargeAsync),
    ];

    public static bool Knows(string name) => name is "all" or "quick" || All.Any(scenario => scenario.Name == name);

    /// <param name="program">The assembly of a portal that is published already; null publishes this one.</param>
    public static async Task<int> RunAsync(string name, string? program)
    {
        var isQuick = name == "quick";
        var chosen = All.Where(scenario => name == "all" || (isQuick ? scenario.IsQuick : scenario.Name == name)).ToList();
        var folder = Directory.CreateTempSubdirectory("portal-published-").FullName;
        try
        {
            var run = new SpeedRun(program ?? await PublishAsync(folder), isQuick, Console.WriteLine);
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"{Machine()}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, `-- {name}`; load average at the beginning {Load()}. ✓ target met, ✗ missed.");
            text.AppendLine().AppendLine("| scenario | target | measured | |").AppendLine("| --- | --- | --- | --- |");
            var missed = 0;
            foreach (var scenario in chosen)
            {
                Console.WriteLine($"== {scenario.Name}: {scenario.What}");
                foreach (var row in await RowsAsync(scenario, run))
                {
                    if (row.Met == false) missed++;
                    text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Scenario} | {row.Target} | {row.Measured} | {row.Met switch { true => "✓", false => "✗", null => "" }} |");
                }
            }

            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Load average at the end {Load()}.");
            Console.WriteLine(text);
            // A part of it must not take the place of the whole.
            if (name == "all") await WriteAsync(text.ToString());
            return missed == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<SpeedRow>> RowsAsync(Scenario scenario, SpeedRun run)
    {
        try
        {
            return await scenario.RunAsync(run);
        }
        catch (NotRunException missing)
        {
            return [new SpeedRow(scenario.Name, "", $"not run: {missing.Message}", null)];
        }
    }

    // As the Dockerfile does, for the machine it runs on.
    private static async Task<string> PublishAsync(string to)
    {
        var root = MutantPlace.FindRoot();
        var machine = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(root, "src/QuoTrading.Portal"), "-c", "Release", "-a", machine, "-o", to, "-v", "quiet", "-nodeReuse:false"]) { WorkingDirectory = root, UseShellExecute = false, RedirectStandardOutput = true };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? Path.Combine(to, "QuoTrading.Portal.dll") : throw new InvalidOperationException(said);
    }

    private static async Task WriteAsync(string table)
    {
        var path = Path.Combine(MutantPlace.FindRoot(), "docs/performance.md");
        var text = await File.ReadAllTextAsync(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException($"docs/performance.md has no place for the table: {Begin} … {End}");
        await File.WriteAllTextAsync(path, text[..(begin + Begin.Length)] + "\n\n" + table + "\n" + text[end..]);
    }

    private static string Machine()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        return $"{Environment.ProcessorCount} cores ({processor}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.FrameworkDescription}";
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
