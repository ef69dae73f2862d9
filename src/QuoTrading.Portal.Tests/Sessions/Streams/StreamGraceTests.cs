using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Streams;

/// <summary>What a dropped stream leaves its client at the least (docs/protocol.md, Half-open connections).</summary>
public sealed class StreamGraceTests
{
    // 1.75 × the pace of the comments, and as much again as a heartbeat on a new connection may take.
    private const double Doubt = 1.75 * StreamGrace.KeepAliveSeconds;

    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 5)]
    [InlineData(20, 20)]
    public void However_short_it_is_set_a_client_that_hears_nothing_has_time_to_wonder_and_to_ask(int set, int counts)
    {
        var grace = new StreamGrace(allowShort: false);
        Assert.Equal(counts, grace.SecondsOf(new SessionSettings { DisconnectGraceSeconds = set }));
        Assert.True(grace.LeastMs >= (Doubt + 1) * 1000);
    }

    [Fact]
    public void In_tests_and_demonstrations_it_counts_as_it_is_set() =>
        Assert.Equal(3, new StreamGrace(allowShort: true).SecondsOf(new SessionSettings { DisconnectGraceSeconds = 3 }));
}
