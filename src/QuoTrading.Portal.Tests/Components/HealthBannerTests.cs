using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Layout;
using QuoTrading.Portal.Operating.Health;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>What is wrong with the portal stands on every page, for as long as it is.</summary>
public sealed class HealthBannerTests : BunitContext
{
    private readonly FakeHealth monitor = new();

    public HealthBannerTests() => Services.AddSingleton<IHealthMonitor>(monitor);

    [Fact]
    public void It_comes_and_goes_with_the_problem_and_is_announced()
    {
        var banner = Render<HealthBanner>();
        Assert.Empty(banner.FindAll("[data-health]"));
        Assert.Equal("alert", banner.Find(".health").GetAttribute("role"));

        monitor.Publish(new HealthProblem("database", "The database cannot be written since 14:02 UTC.", Rows.Noon));
        Assert.Contains("The database cannot be written since 14:02 UTC.", banner.Find("[data-health=database]").TextContent, StringComparison.Ordinal);

        monitor.Publish();
        Assert.Empty(banner.FindAll("[data-health]"));
    }

    [Fact]
    public void What_is_wrong_already_shows_at_once()
    {
        monitor.Publish(new HealthProblem("disk", "The disk is nearly full.", Rows.Noon));
        Assert.Single(Render<HealthBanner>().FindAll("[data-health=disk]"));
    }

    [Fact]
    public async Task A_page_that_is_gone_is_told_no_more()
    {
        Render<HealthBanner>();
        Assert.Equal(1, monitor.Listeners);
        await DisposeComponentsAsync();
        Assert.Equal(0, monitor.Listeners);
    }

    private sealed class FakeHealth : IHealthMonitor
    {
        private readonly List<Action> listeners = [];

        public IReadOnlyList<HealthProblem> Problems { get; private set; } = [];

        public int Listeners => listeners.Count;

        public void Publish(params HealthProblem[] problems)
        {
            Problems = problems;
            foreach (var listener in listeners.ToList()) listener();
        }

        public IDisposable Subscribe(string name, Action changed)
        {
            listeners.Add(changed);
            return new Subscription(() => listeners.Remove(changed));
        }

        private sealed class Subscription(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
