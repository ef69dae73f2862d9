using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Streams;

/// <summary>More than 20 streams and more than 20 % of all within 2 s: a proxy, not crashes.</summary>
public sealed class MassDropsTests
{
    private readonly FakeTime time = new();
    private readonly MassDrops mass;

    public MassDropsTests() => mass = new MassDrops(time);

    [Fact]
    public void Twenty_at_once_are_twenty_crashes_and_the_next_is_not()
    {
        Assert.Equal(20, mass.Judge(Some(20), open: 0).Lost.Count);
        var verdict = mass.Judge(Some(1), open: 0);
        Assert.Equal((0, 21, 21, 21), (verdict.Lost.Count, verdict.Waived.Count, verdict.NewlyWaived, verdict.Of));
    }

    [Theory]
    [InlineData(84, false)]
    [InlineData(83, true)]
    public void A_fifth_of_all_is_not_too_many(int open, bool isMass) => Assert.Equal(isMass, mass.Judge(Some(21), open).IsMass);

    [Fact]
    public void Spread_over_more_than_two_seconds_they_are_crashes()
    {
        Assert.False(mass.Judge(Some(15), open: 10).IsMass);
        time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.False(mass.Judge(Some(15), open: 0).IsMass);
    }

    [Fact]
    public void Each_is_counted_once_while_it_goes_on()
    {
        Assert.Equal(30, mass.Judge(Some(30), open: 20).NewlyWaived);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, mass.Judge(Some(10), open: 10).NewlyWaived);
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(15, mass.Judge(Some(15), open: 0).NewlyWaived);
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 2000)]
    public void Only_where_there_are_many_does_a_verdict_wait(int open, long leastMs) => Assert.Equal(leastMs, mass.Judge(Some(1), open - 1).LeastMs);

    private static List<Drop> Some(int count) =>
        [.. Enumerable.Range(1, count).Select(number => new Drop(KeyHash.Of("KEY"), $"device-{number}", number, Guid.CreateVersion7(), new Dictionary<string, long>(StringComparer.Ordinal), 0))];
}
