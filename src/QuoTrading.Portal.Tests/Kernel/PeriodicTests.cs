using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

/// <summary>The one kind of loop that goes by a clock.</summary>
public sealed class PeriodicTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly FakeTime time = new();

    [Fact]
    public async Task A_turn_that_fails_is_told_and_the_next_tick_takes_another()
    {
        using var loop = new Loop(time, atOnce: false) { FailsAt = 2 };
        await loop.StartAsync(TestContext.Current.CancellationToken);
        await PassAsync(loop, turns: 4);
        Assert.Equal("2", Assert.Single(loop.Failures).Message);
        await loop.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_first_turn_waits_for_a_tick_unless_it_is_taken_at_once()
    {
        using var later = new Loop(time, atOnce: false);
        using var atOnce = new Loop(time, atOnce: true) { FailsAt = 1 };
        await later.StartAsync(TestContext.Current.CancellationToken);
        await atOnce.StartAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => atOnce.Failures.Count == 1, "the first turn has failed");
        Assert.Equal((0, 1), (later.Turns, atOnce.Turns));
        await PassAsync(atOnce, turns: 2);
        await PassAsync(later, turns: 1);
        await later.StopAsync(TestContext.Current.CancellationToken);
        await atOnce.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task It_ends_quietly_with_the_host_even_in_a_turn()
    {
        using var loop = new Loop(time, atOnce: true) { WaitsAt = 1 };
        await loop.StartAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => loop.Turns == 1, "a turn has begun");
        await loop.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Empty(loop.Failures);
    }

    private Task PassAsync(Loop loop, int turns) => Until.TrueAsync(
        () =>
        {
            time.Advance(Pace);
            return loop.Turns >= turns;
        },
        $"{turns} turns");

    private sealed class Loop(FakeTime time, bool atOnce) : Periodic(Pace, time, atOnce)
    {
        private volatile int turns;
        private volatile IReadOnlyList<Exception> failures = [];

        public int Turns => turns;

        public IReadOnlyList<Exception> Failures => failures;

        public int FailsAt { get; init; }

        public int WaitsAt { get; init; }

        internal override async Task RunOnceAsync(CancellationToken cancel = default)
        {
            turns++;
            if (turns == FailsAt) throw new InvalidOperationException($"{turns}");
            if (turns == WaitsAt) await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }

        protected override void Failed(Exception failure) => failures = [.. failures, failure];
    }
}
