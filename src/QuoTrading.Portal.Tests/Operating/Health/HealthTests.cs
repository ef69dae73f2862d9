using Microsoft.Extensions.Configuration;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task The_command_says_whether_the_server_answers()
    {
        var folder = Directory.CreateTempSubdirectory("portal-health-").FullName;
        try
        {
            await using var portal = await PortalProcess.StartAsync(folder);
            var url = portal.Http.BaseAddress!.ToString();

            Assert.Equal("Healthy", await portal.Http.GetStringAsync(new Uri("/health/live", UriKind.Relative)));
            var well = await CommandProcess.RunAsync(folder, "health", "--url", url);
            Assert.Equal((0, "Healthy"), (well.ExitCode, well.Output.Trim()));

            await portal.KillAsync();
            var gone = await CommandProcess.RunAsync(folder, "health", "--url", url);
            Assert.Equal((1, ""), (gone.ExitCode, gone.Output));
            Assert.Contains("does not answer", gone.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(null, null, "http://localhost:5080")]
    [InlineData("http://127.0.0.1:7000", null, "http://127.0.0.1:7000")]
    [InlineData("http://127.0.0.1:7000;https://+:7001", "8080", "http://127.0.0.1:7000")]
    [InlineData("http://+:7000", null, "http://localhost:7000")]
    [InlineData("http://*:7000", null, "http://localhost:7000")]
    [InlineData("http://0.0.0.0:7000", null, "http://localhost:7000")]
    [InlineData("http://[::]:7000", null, "http://localhost:7000")]
    [InlineData("", "8080;8081", "http://localhost:8080")]
    public void It_asks_where_a_server_with_the_same_settings_listens(string? urls, string? ports, string expected)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["urls"] = urls, ["http_ports"] = ports };
        Assert.Equal(expected, DefaultAddress.ToAsk(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
    }
}
