using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Measures;

public sealed class RecentRateTests
{
    private readonly FakeTime time = new();

    [Fact]
    public void It_is_the_average_of_the_last_ten_seconds()
    {
        var rate = new RecentRate(time);
        Assert.Equal(0, rate.PerSecond);
        Pass(rate, seconds: 20, aSecond: 100);
        Assert.Equal(100, rate.PerSecond, tolerance: 1);
        Pass(rate, seconds: 5, aSecond: 0);
        Assert.Equal(50, rate.PerSecond, tolerance: 6);
        Pass(rate, seconds: 6, aSecond: 0);
        Assert.Equal(0, rate.PerSecond);
        Assert.Equal(2000, rate.Total);
    }

    [Fact]
    public void Before_ten_seconds_have_passed_it_is_the_average_since_the_start()
    {
        var rate = new RecentRate(time);
        Pass(rate, seconds: 2, aSecond: 50);
        Assert.Equal(50, rate.PerSecond, tolerance: 1);
    }

    private void Pass(RecentRate rate, int seconds, int aSecond)
    {
        for (var half = 0; half < 2 * seconds; half++)
        {
            for (var i = 0; i < aSecond / 2; i++) rate.Count();
            time.Advance(TimeSpan.FromSeconds(0.5));
            rate.Sample();
        }
    }
}
