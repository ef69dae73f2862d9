using System.Text.RegularExpressions;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating;

public sealed partial class MetricsDocumentTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task Operators_are_told_of_every_instrument_with_its_unit_and_of_no_other()
    {
        using var meter = new MeterReading(shared.Server.Services);
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operating.md"));
        var told = Row().Matches(document).Select(row => (row.Groups["name"].Value, row.Groups["unit"].Value));
        Assert.Equal(meter.Units.Select(instrument => (instrument.Key, instrument.Value!)).Order(), told.Order());
    }

    [GeneratedRegex(@"^\| `(?<name>portal\.[a-z.]+)` \| [a-z -]+ \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
