using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

public sealed class ServiceClockTests
{
    private readonly FakeTime time = new();
    private readonly ServiceClock clock;

    public ServiceClockTests() => clock = new ServiceClock(time);

    [Fact]
    public void It_follows_the_monotonic_clock()
    {
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            clock.Now();
        }

        Assert.Equal(10_000, clock.Now().Ms);
        Assert.Null(clock.TakeGap());
    }

    [Fact]
    public void Many_readings_within_a_millisecond_lose_nothing()
    {
        for (var i = 0; i < 10_000; i++)
        {
            time.Advance(TimeSpan.FromMicroseconds(700));
            clock.Now();
        }

        Assert.Equal(7000, clock.Now().Ms);
    }

    [Fact]
    public void A_suspended_process_is_a_gap_and_costs_two_seconds_at_the_most()
    {
        time.Advance(TimeSpan.FromSeconds(1));
        clock.Now();
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(3000, clock.Now().Ms);
        Assert.Equal(1000, clock.TakeGap());
        Assert.Null(clock.TakeGap());
    }

    [Fact]
    public void A_stepped_wall_clock_does_not_touch_it()
    {
        time.Now = time.Now.AddHours(-1);
        Assert.Equal(0, clock.Now().Ms);
        time.Now = time.Now.AddHours(5);
        Assert.Equal(0, clock.Now().Ms);
        Assert.Null(clock.TakeGap());
    }

    [Fact]
    public void It_stands_while_the_store_cannot_commit_and_that_is_a_gap()
    {
        clock.CommitBegins();
        clock.CommitEnds(done: false);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            clock.Now();
        }

        Assert.Equal(0, clock.Now().Ms);
        clock.CommitBegins();
        clock.CommitEnds(done: true);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1000, clock.Now().Ms);
        Assert.Equal(0, clock.TakeGap());
    }

    [Fact]
    public void A_commit_that_hangs_lets_two_seconds_pass_at_the_most()
    {
        clock.CommitBegins();
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            clock.Now();
        }

        Assert.Equal(2000, clock.Now().Ms);
        clock.CommitEnds(done: true);
        Assert.Equal(2000, clock.TakeGap());
    }

    [Fact]
    public void After_a_restart_it_goes_on_where_it_stood_and_the_downtime_is_a_gap()
    {
        clock.ContinueFrom(50_000);
        Assert.Equal(50_000, clock.Now().Ms);
        Assert.Equal(50_000, clock.TakeGap());
    }

    [Fact]
    public void A_gap_that_nobody_has_taken_yet_keeps_its_beginning()
    {
        clock.ContinueFrom(50_000);
        time.Advance(TimeSpan.FromSeconds(30));
        clock.Now();
        clock.CommitBegins();
        clock.CommitEnds(done: false);
        time.Advance(TimeSpan.FromSeconds(5));
        clock.CommitBegins();
        clock.CommitEnds(done: true);
        Assert.Equal(50_000, clock.TakeGap());
    }

    [Fact]
    public void A_commit_counts_from_when_it_begins_and_until_it_ends()
    {
        time.Advance(TimeSpan.FromSeconds(1.5));
        clock.CommitBegins();
        time.Advance(TimeSpan.FromSeconds(1.5));
        clock.CommitEnds(done: true);
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(4500, clock.Now().Ms);
        Assert.Null(clock.TakeGap());
    }

    [Fact]
    public void A_store_that_answers_again_is_no_gap_of_its_own()
    {
        clock.CommitBegins();
        clock.CommitEnds(done: true);
        Assert.Null(clock.TakeGap());
    }

    [Fact]
    public void A_reading_late_by_a_rounding_is_no_gap_and_one_late_by_more_is()
    {
        time.Advance(TimeSpan.FromMilliseconds(2001));
        clock.Now();
        Assert.Null(clock.TakeGap());
        time.Advance(TimeSpan.FromMilliseconds(2002));
        clock.Now();
        Assert.Equal(2000, clock.TakeGap());
    }
}
