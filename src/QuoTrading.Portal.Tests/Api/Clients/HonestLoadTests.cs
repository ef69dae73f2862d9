using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>The limits as they are set: no honest client ever meets one, and no flood grows the portal.</summary>
public sealed class HonestLoadTests
{
    private readonly FakeTime time = new();

    [Fact]
    public void A_launcher_and_a_bot_that_retries_five_times_a_minute_never_meet_a_limit()
    {
        var limits = Limits();
        var key = KeyHash.Of("KEY");
        var home = Network.Of("192.0.2.1");
        for (var second = 0; second < 3600; second++)
        {
            // The launcher checks and logs in, the bot starts, beats every 20 s and asks again five times, all in the same instant.
            if (second % 60 == 0)
                for (var i = 0; i < 8; i++) Assert.Null(limits.TakeOwn(key, "device", home));
            if (second % 20 == 0) Assert.Null(limits.TakeOwn(key, "device", home));
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Fifty_bots_behind_one_address_never_meet_a_limit_though_some_of_them_mistype_their_key()
    {
        var limits = Limits();
        for (var minute = 0; minute < 60; minute++)
        {
            for (var bot = 0; bot < 50; bot++)
            {
                for (var message = 0; message < 5; message++)
                {
                    Assert.Null(limits.TakeShared(KeyHash.Of($"KEY-{bot}"), seats: 1));
                    Assert.Null(limits.CheckGuesses("192.0.2.1"));
                }
            }

            for (var typo = 0; typo < 10; typo++) limits.CountGuess("192.0.2.1");
            time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void Ten_thousand_bots_that_all_beat_in_one_instant_after_a_weekend_never_meet_a_limit()
    {
        var limits = Limits();
        for (var burst = 0; burst < 20; burst++)
        {
            for (var bot = 0; bot < 10_000; bot++)
            {
                Assert.Null(limits.CheckGuesses($"10.0.{bot / 250}.{bot % 250}"));
                Assert.Null(limits.TakeOwn(KeyHash.Of($"KEY-{bot}"), "device", Network.Of($"10.0.{bot / 250}.{bot % 250}")));
            }

            time.Advance(TimeSpan.FromSeconds(300));
        }
    }

    [Fact]
    public void Whoever_floods_a_license_takes_nothing_from_its_holder_and_whoever_copies_his_fingerprint_elsewhere_neither()
    {
        var (limits, key, home, elsewhere) = (Limits(), KeyHash.Of("KEY"), Network.Of("192.0.2.1"), Network.Of("198.51.100.1"));
        for (var second = 0; second < 300; second++)
        {
            for (var i = 0; i < 85; i++)
            {
                limits.TakeShared(key, seats: 1);
                limits.TakeOwn(key, "holder", elsewhere);
            }

            if (second % 20 == 0) Assert.Null(limits.TakeOwn(key, "holder", home));
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(1, 55, 12)]
    [InlineData(5, 75, 20)]
    [InlineData(100, 550, 210)]
    public void What_strangers_share_grows_with_the_seats(int seats, int burst, int perSecond)
    {
        var (limits, key) = (Limits(), KeyHash.Of("KEY"));
        Assert.Equal(burst, Enumerable.Range(0, 10_000).Count(_ => limits.TakeShared(key, seats) is null));
        time.Advance(TimeSpan.FromSeconds(1));
        // The clock may be a little further than it was told.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => limits.TakeShared(key, seats) is null), perSecond, perSecond + 1);
    }

    [Fact]
    public void A_guesser_is_slowed_to_twenty_a_minute_and_told_how_long_to_wait()
    {
        var limits = Limits();
        var served = 0;
        for (var tenth = 0; tenth < 6000; tenth++)
        {
            if (limits.CheckGuesses("192.0.2.1") is { } wait) Assert.InRange(wait, 1, 3);
            else
            {
                served++;
                limits.CountGuess("192.0.2.1");
            }

            Assert.Null(limits.CheckGuesses("192.0.2.2"));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(served, 100 + (10 * 20) - 1, 100 + (10 * 20) + 1);
    }

    [Fact]
    public void All_addresses_of_one_ipv6_network_are_one_guesser()
    {
        var limits = Limits();
        for (var i = 0; i < 100; i++) limits.CountGuess($"2001:db8:0:1::{i:x}");
        Assert.NotNull(limits.CheckGuesses("2001:db8:0:1:ffff::1"));
        Assert.Null(limits.CheckGuesses("2001:db8:0:2::1"));
    }

    [Fact]
    public void A_million_callers_take_no_more_memory_than_a_hundred_thousand_and_are_forgotten()
    {
        var limit = new GcraLimiter<int>(new Allowance(100, 1 / 3.0), time);
        for (var caller = 0; caller < 1_000_000; caller++) Assert.Null(limit.Take(caller));
        Assert.Equal(GcraLimiter<int>.MostCallers, limit.Callers);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Null(limit.Take(-1));
        Assert.Equal(1, limit.Callers);
    }

    [Fact]
    public void A_bucket_gives_its_burst_then_what_comes_back_and_never_more_than_the_burst()
    {
        var limit = new GcraLimiter<string>(new Allowance(3, 0.5), time);
        Assert.Equal([null, null, null, 2, 2], Enumerable.Range(0, 5).Select(_ => limit.Take("a")));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, limit.Check("a"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([null, 2], Enumerable.Range(0, 2).Select(_ => limit.Take("a")));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([null, null, null, 2], Enumerable.Range(0, 4).Select(_ => limit.Take("a")));
    }

    private RequestLimits Limits() => new(new LimitOptions(), time);
}
