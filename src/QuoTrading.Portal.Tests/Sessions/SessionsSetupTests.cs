using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating;
using QuoTrading.Portal.Sessions;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions;

/// <summary>A wrong setting stops the start, with a sentence that names the key.</summary>
public sealed class SessionsSetupTests
{
    [Theory]
    [InlineData("Portal:Queue:MostCommands", "0")]
    [InlineData("Portal:Queue:MostCommands", "many")]
    [InlineData("Portal:Queue:LongestWaitSeconds", "-3")]
    [InlineData("Portal:Limits:NewDevicesPerSeatAndDay", "0")]
    [InlineData("Portal:Limits:SessionsPerSeatAndDay", "-5")]
    [InlineData("Portal:Health:MinimumFreeMegabytes", "-1")]
    [InlineData("Portal:Health:MinimumFreeMegabytes", "200 MB")]
    [InlineData("Portal:Health:ClockToleranceMinutes", "0")]
    public void A_wrong_setting_stops_the_start(string name, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        using var rooms = new ServiceCollection().AddSessions(configuration).AddOperating(configuration).BuildServiceProvider();

        var told = Assert.Throws<StartException>(rooms.CheckSettings);
        Assert.Contains(name, told.Message, StringComparison.Ordinal);
        Assert.Contains(value, told.Message, StringComparison.Ordinal);
    }
}
