using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Health;

/// <summary><c>/health/ready</c>, and the sentences that the pages show.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_server_that_is_well_is_ready_and_says_of_each_check_one_word()
    {
        await using var portal = await PortalServer.StartAsync();
        Assert.Equal((200, """{"status":"healthy","checks":{"database":"healthy","disk":"healthy","clock":"healthy"}}"""), await AskAsync(portal));
    }

    [Fact]
    public async Task Too_little_room_on_the_disk_is_red()
    {
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Health:MinimumFreeMegabytes"] = "1000000000" });
        Assert.Equal((503, """{"status":"unhealthy","checks":{"database":"healthy","disk":"unhealthy","clock":"healthy"}}"""), await AskAsync(portal));
        Assert.StartsWith("The disk is nearly full since 12:00 UTC: ", await ProblemAsync(portal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, "The server's clock has jumped 6 minutes ahead since 12:06 UTC.")]
    [InlineData(-600, "The server's clock has jumped 10 hours behind since 02:00 UTC.")]
    public async Task A_wall_clock_that_jumps_is_red_until_it_is_taken_for_the_truth(int minutes, string text)
    {
        await using var portal = await PortalServer.StartAsync();
        portal.Time.Now = portal.Time.Now.AddMinutes(minutes);
        Assert.Equal(503, (await AskAsync(portal)).Status);
        Assert.StartsWith(text, await ProblemAsync(portal), StringComparison.Ordinal);

        portal.Time.Advance(TimeSpan.FromMinutes(16));
        // A commit that was under way when the clock was moved has not waited a quarter of an hour.
        await portal.PassAsync(1);
        Assert.Equal(200, (await AskAsync(portal)).Status);
    }

    [Fact]
    public async Task A_wall_clock_that_is_put_right_again_is_well_at_once()
    {
        await using var portal = await PortalServer.StartAsync();
        portal.Time.Now = portal.Time.Now.AddHours(1);
        Assert.Equal(503, (await AskAsync(portal)).Status);
        portal.Time.Now = portal.Time.Now.AddHours(-1);
        Assert.Equal(200, (await AskAsync(portal)).Status);
    }

    [Fact]
    public async Task A_server_that_starts_before_what_it_has_stored_is_red_until_the_clock_has_come_so_far()
    {
        var first = await PortalServer.StartAsync();
        await new ClientDevice(first, await first.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        var folder = await first.StopAsync();
        first.Time.Now = first.Time.Now.AddDays(-3);

        await using var second = await PortalServer.StartAsync(folder: folder, time: first.Time);
        Assert.Equal(503, (await AskAsync(second)).Status);
        Assert.StartsWith("The server's clock is 3 days behind of what is stored.", await ProblemAsync(second), StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Text)> AskAsync(PortalServer portal)
    {
        using var answer = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> ProblemAsync(PortalServer portal)
    {
        var monitor = portal.Services.GetRequiredService<HealthMonitor>();
        await monitor.RunOnceAsync();
        return Assert.Single(monitor.Problems).Text;
    }
}
