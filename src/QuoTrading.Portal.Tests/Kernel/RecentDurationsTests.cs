using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

public sealed class RecentDurationsTests
{
    private readonly FakeTime time = new();

    [Fact]
    public void Percentiles_are_right_to_a_tenth()
    {
        var recent = new RecentDurations(time);
        for (var i = 1; i <= 1000; i++) recent.Add(TimeSpan.FromMilliseconds(i));
        Assert.Equal(500, recent.Percentile(0.5)!.Value.TotalMilliseconds, tolerance: 60);
        Assert.Equal(990, recent.Percentile(0.99)!.Value.TotalMilliseconds, tolerance: 110);
        Assert.Equal(TimeSpan.FromSeconds(1), recent.Last);
    }

    [Fact]
    public void What_is_older_than_five_minutes_counts_no_more_but_the_last_is_still_known()
    {
        var recent = new RecentDurations(time);
        Assert.Null(recent.Percentile(0.5));
        recent.Add(TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromMinutes(4));
        recent.Add(TimeSpan.FromMilliseconds(1));
        Assert.InRange(recent.Percentile(0.99)!.Value, TimeSpan.FromSeconds(1.8), TimeSpan.FromSeconds(2.2));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.InRange(recent.Percentile(0.99)!.Value, TimeSpan.FromMilliseconds(0.9), TimeSpan.FromMilliseconds(1.1));
        time.Advance(TimeSpan.FromHours(2));
        Assert.Null(recent.Percentile(0.99));
        Assert.Equal(TimeSpan.FromMilliseconds(1), recent.Last);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public void What_is_beyond_the_buckets_is_counted_in_the_outermost(double seconds)
    {
        var recent = new RecentDurations(time);
        recent.Add(TimeSpan.FromSeconds(seconds));
        Assert.NotNull(recent.Percentile(1));
    }
}
