using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>Until when the C# client may rely on its session, by a clock that the test sets. The Python client's tests have the same table.</summary>
public sealed class EmbeddedClientFenceTests
{
    [Fact]
    public void A_stream_that_gives_its_signs_is_never_doubted()
    {
        var fence = Streaming();
        for (var now = 2; now < 50; now += 2)
        {
            Assert.True(fence.Doubt > now);
            Assert.True(At(fence, now));
            Hear(fence, now);
        }
    }

    [Fact]
    public void A_silent_one_is_asked_about_and_no_position_is_opened_before_the_grace_can_be_over()
    {
        var fence = Streaming();
        for (var now = 2; now <= 10; now += 2) Hear(fence, now);

        Assert.Equal(13.5, fence.Doubt);
        Assert.True(At(fence, 14.4));
        Assert.False(At(fence, 14.5));
        Assert.False(At(fence, 30));
    }

    [Theory]
    [InlineData(60, 3.5, 59.5)]
    [InlineData(4.5, 3.5, 4.0)]
    [InlineData(4, 2.0, 3.5)]
    [InlineData(2, 1.0, 1.5)]
    [InlineData(1, 0.5, 0.75)]
    [InlineData(0, 0.5, 0.75)]
    public void A_told_grace_counts_and_a_short_one_is_asked_about_after_half_of_it(double grace, double doubt, double end)
    {
        var fence = Streaming(grace);
        fence.Timeout = 900;

        Assert.Equal(doubt, fence.Doubt);
        Assert.True(At(fence, end - 0.01));
        Assert.False(At(fence, end));
    }

    [Fact]
    public void An_answer_counts_from_when_its_message_was_sent()
    {
        var fence = Streaming();
        fence.Confirm(3.5, byStream: false);
        Assert.True(At(fence, 7.9));
        Assert.False(At(fence, 8));

        fence.Confirm(9, byStream: false);
        fence.Confirm(2, byStream: false); // an older one takes nothing back
        Assert.True(At(fence, 9.1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_comes_after_the_silence_ends_no_doubt_and_an_answer_or_a_new_stream_does(bool byStream)
    {
        var fence = Streaming();
        Assert.False(At(fence, 6));
        foreach (var now in new[] { 6, 6.1, 6.2, 7 })
        {
            Hear(fence, now);
            Assert.Equal((LicenseVerdict.Silent, 0), (fence.Judge(now), fence.Heard));
        }

        if (byStream) fence.Greet(2, 7, 7.1);
        else fence.Confirm(7, byStream: false);
        Assert.True(At(fence, 7.1));
    }

    [Fact]
    public void What_was_held_up_counts_from_when_it_was_due()
    {
        var fence = Streaming();
        Hear(fence, 3.4);

        Assert.Equal(2.5, fence.Heard);
        Assert.True(At(fence, 6.9));
        Assert.False(At(fence, 7));
    }

    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(0.8, 0.8)]
    [InlineData(3, 0.8)]
    public void On_a_slow_line_a_sign_counts_from_before_it_came(double greeted, double lag)
    {
        var fence = Streaming(greeted: greeted);
        for (var now = 1; now < 40; now++)
        {
            Hear(fence, 2 * now + greeted / 2);
            Assert.False(fence.IsQuiet(2 * now + 2 + greeted / 2)); // signs come in time
        }

        Assert.Equal(78 + greeted / 2 - lag, fence.Heard!.Value, 6);
    }

    [Fact]
    public void An_older_server_is_not_counted_by_its_comments()
    {
        var fence = Streaming(keepalive: null);
        Assert.Equal(double.PositiveInfinity, fence.Doubt);
        Assert.True(At(fence, 50));
        Assert.False(fence.IsQuiet(50));
    }

    [Fact]
    public void A_stream_that_the_server_ended_is_not_waited_for()
    {
        var fence = Streaming();
        fence.ForgetStream();
        Assert.Equal(double.PositiveInfinity, fence.Doubt);
        Assert.True(At(fence, 50));
        Assert.False(fence.IsQuiet(50));
    }

    [Fact]
    public void A_stream_that_broke_off_is_counted_from_its_last_sign()
    {
        var fence = Streaming();
        fence.Drop(3); // the server may have seen it long before
        Assert.False(At(fence, 4.5));

        fence.Confirm(4.6, byStream: false);
        Assert.True(At(fence, 9));
        Assert.False(At(fence, 9.1));
        fence.Greet(2, 9.2, 9.2);
        Assert.True(At(fence, 9.3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_read_after_a_standstill_came_before_it(bool watchSeesItFirst)
    {
        var fence = Streaming();
        Hear(fence, 2);
        if (watchSeesItFirst) fence.TakePulse(5);

        fence.Hear(5);
        Assert.Equal(2, fence.Heard);
        fence.TakePulse(5.1);
        fence.Hear(5.2);
        Assert.Equal(2, fence.Heard); // so did what follows at once
        fence.Hear(5.4);
        Assert.Equal(4.5, fence.Heard); // the next came when it was read, or when it was due
    }

    [Fact]
    public void After_a_pause_it_must_be_confirmed_again_whether_or_not_a_timer_noticed()
    {
        var fence = Held();
        Assert.False(fence.MayTrade(6));

        Assert.True(fence.TakePulse(6));
        Assert.False(fence.TakePulse(6.5));
        fence.Confirm(5.9, byStream: false); // that was sent before
        Assert.False(fence.MayTrade(6.6));
        fence.Confirm(6.5, byStream: false);
        Assert.True(fence.MayTrade(6.6));
    }

    [Fact]
    public void Where_the_timeout_ended_in_a_pause_the_pause_is_the_reason()
    {
        var fence = Held();
        Assert.Equal(LicenseVerdict.Paused, fence.Judge(200));
        fence.TakePulse(200);
        Assert.Equal(LicenseVerdict.Paused, Judged(fence, 201));
        fence.Confirm(201, byStream: false);
        Assert.Equal(LicenseVerdict.Sure, Judged(fence, 201.5));
    }

    [Fact]
    public void Where_it_ends_after_the_pause_without_an_answer_that_is_the_reason()
    {
        var fence = Held();
        fence.TakePulse(6);
        Assert.Equal((LicenseVerdict.Paused, LicenseVerdict.NoAnswer), (Judged(fence, 60), Judged(fence, 200)));
    }

    [Fact]
    public void A_dropped_stream_leaves_it_less_than_the_grace_and_a_second_drop_does_not_prolong_the_first()
    {
        var fence = Held();
        fence.Drop(10);
        fence.Drop(14);
        Assert.True(At(fence, 14.4));
        Assert.False(At(fence, 14.5));

        fence.Confirm(10.1, byStream: false); // it may have come before the drop
        Assert.False(At(fence, 14.5));
        fence.Confirm(12, byStream: false);
        Assert.True(At(fence, 14.5));
    }

    /// <summary>B17: from the asking for a stream on.</summary>
    [Fact]
    public void A_stream_that_is_asked_for_is_doubted_until_it_greets_or_is_refused()
    {
        var fence = Held();
        Assert.True(fence.Ask(0));
        Assert.Equal(3.5, fence.Doubt);
        Assert.False(At(fence, 4.5));

        Assert.False(fence.Ask(4)); // another try is no sign
        Assert.Equal(3.5, fence.Doubt);
        fence.ForgetStream();
        Assert.True(At(fence, 4.5));
    }

    [Fact]
    public void Where_something_keeps_streams_back_asking_for_one_proves_nothing()
    {
        var fence = Held();
        fence.Ask(0);
        fence.DoWithoutStream();
        Assert.False(fence.Ask(1));
        Assert.True(At(fence, 30));

        fence.Greet(2, 30, 30);
        fence.ForgetStream();
        Assert.True(fence.Ask(31));
    }

    /// <summary>B8: unknown after missed heartbeats, and lost before the server can give the license away.</summary>
    [Theory]
    [InlineData(0, LicenseVerdict.Sure)]
    [InlineData(54.9, LicenseVerdict.Sure)]
    [InlineData(55, LicenseVerdict.Unknown)]
    [InlineData(84.9, LicenseVerdict.Unknown)]
    [InlineData(85, LicenseVerdict.NoAnswer)]
    internal void Without_answers_it_is_a_matter_of_time(double now, LicenseVerdict verdict)
    {
        var fence = Held();
        fence.Wake(now);
        Assert.Equal(verdict, fence.Judge(now));
    }

    [Fact]
    public void The_clock_counts_what_the_wall_clock_gains_in_a_sleep_and_not_what_it_loses()
    {
        var (monotonic, wall) = (100.0, 1_000_000.0);
        var clock = new LicenseClock(() => monotonic, () => wall);
        Assert.Equal(100, clock.Now());

        (monotonic, wall) = (110, 1_000_010.1);
        Assert.Equal(110, clock.Now()); // a tenth is what a time server corrects

        (monotonic, wall) = (111, 1_000_611);
        Assert.Equal(711, clock.Now()); // ten minutes asleep

        (monotonic, wall) = (112, 997_000);
        Assert.Equal(712, clock.Now()); // set back

        (monotonic, wall) = (113, 997_301);
        Assert.Equal(1013, clock.Now()); // and asleep again
    }

    private static LicenseFence Held()
    {
        var fence = new LicenseFence();
        fence.Wake(0);
        fence.Confirm(0, byStream: false);
        return fence;
    }

    private static LicenseFence Streaming(double grace = 5, double? keepalive = 2, double greeted = 0)
    {
        var fence = Held();
        fence.ToldGrace = grace;
        fence.Greet(keepalive, 0, greeted);
        Hear(fence, greeted);
        return fence;
    }

    private static void Hear(LicenseFence fence, double now)
    {
        fence.Wake(now);
        fence.Hear(now);
    }

    private static LicenseVerdict Judged(LicenseFence fence, double now)
    {
        fence.Wake(now);
        return fence.Judge(now);
    }

    private static bool At(LicenseFence fence, double now)
    {
        fence.Wake(now);
        return fence.MayTrade(now);
    }
}
