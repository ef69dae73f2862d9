using System.Net;
using QuoTrading.Portal.Kernel;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("203.0.113.5", "203.0.113.0/24")]
    [InlineData("0.0.0.1", "0.0.0.0/24")]
    [InlineData("255.255.255.255", "255.255.255.0/24")]
    [InlineData("2001:db8:1:2ff::7", "2001:db8:1:200::/56")]
    [InlineData("::1", "::/56")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.0/24")]
    [InlineData("unknown", "unknown")]
    [InlineData(null, "unknown")]
    public void An_address_counts_as_its_network(string? address, string network) => Assert.Equal(network, Network.Of(address).ToString());

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.250", true)]
    [InlineData("203.0.113.5", "203.0.114.5", false)]
    [InlineData("2001:db8:1:200::7", "2001:db8:1:2ff:ffff::1", true)]
    [InlineData("2001:db8:1:200::7", "2001:db8:1:300::7", false)]
    [InlineData("0.0.1.2", "::1.2.3.4", false)]
    [InlineData("203.0.113.5", "unknown", false)]
    [InlineData("unknown", "unknown", true)]
    public void Two_addresses_are_in_one_place_or_in_two(string one, string other, bool same)
    {
        Assert.Equal(same, Network.AreSame(one, other));
        Assert.Equal(same, Network.Of(one) == Network.Of(other));
        Assert.Equal(Network.Of(one), Network.Of(IPAddress.TryParse(one, out var parsed) ? parsed : null));
    }
}
