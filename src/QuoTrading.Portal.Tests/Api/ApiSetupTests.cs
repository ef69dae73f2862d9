using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Api;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Storage.Sqlite;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>A wrong setting stops the start, with a sentence that names the key.</summary>
public sealed class ApiSetupTests
{
    [Theory]
    [InlineData("Portal:KnownProxies:0", "proxy.example.com", "Portal:KnownProxies")]
    [InlineData("Portal:KnownProxies:0", "10.0.0.0/99", "Portal:KnownProxies")]
    [InlineData("Portal:Limits:LicenseBurst", "0", "Portal:Limits:LicenseBurst")]
    [InlineData("Portal:Limits:LicensePerSecond", "-1", "Portal:Limits:LicensePerSecond")]
    [InlineData("Portal:Limits:LicenseBurstPerSeat", "-1", "Portal:Limits:LicenseBurstPerSeat")]
    [InlineData("Portal:Limits:DeviceBurst", "0", "Portal:Limits:DeviceBurst")]
    [InlineData("Portal:Limits:DevicePerSecond", "0", "Portal:Limits:DevicePerSecond")]
    [InlineData("Portal:Limits:UnknownKeyBurst", "0", "Portal:Limits:UnknownKeyBurst")]
    [InlineData("Portal:Limits:UnknownKeysPerMinute", "0", "Portal:Limits:UnknownKeysPerMinute")]
    public void A_wrong_setting_stops_the_start(string name, string value, string named)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        using var rooms = new ServiceCollection().AddStorage(configuration, Path.GetTempPath()).AddSessions(configuration).AddApi(configuration).BuildServiceProvider();
        var stopped = Assert.Throws<StartException>(rooms.CheckSettings);

        Assert.Contains(named, stopped.Message, StringComparison.Ordinal);
        Assert.Contains(value, stopped.Message, StringComparison.Ordinal);
    }
}
