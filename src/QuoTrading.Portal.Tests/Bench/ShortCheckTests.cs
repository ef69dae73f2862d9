using QuoTrading.Portal.Bench.Generating;
using Xunit;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>A short run of the history check, disturbances included; <c>docs/reliability.md</c> tells of the long one.</summary>
public sealed class ShortCheckTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Some_thousand_operations_break_no_promise()
    {
        var options = new CheckOptions(Operations: 3000, Seed: 5, Licenses: 40, MostTime: TimeSpan.FromSeconds(14), Least: 1000);
        output.WriteLine($"seed {options.Seed}");
        var result = await CheckRun.RunAsync(typeof(Program).Assembly.Location, options, output.WriteLine);

        foreach (var violation in result.Violations.Take(3)) output.WriteLine(violation.Timeline(result.Record));
        Assert.Empty(result.Violations);
        Assert.Contains(result.Record.Operations, o => o.Told == QuoTrading.Portal.Bench.History.Told.Conflict);
        Assert.Contains(result.Record.Operations, o => o.Told == QuoTrading.Portal.Bench.History.Told.LicenseBad);
        Assert.Contains(result.Record.Streams, stream => stream.Dropped is not null);
        Assert.NotEmpty(result.Record.Disturbances);
        Assert.NotEmpty(result.Record.Rows!);
    }
}
