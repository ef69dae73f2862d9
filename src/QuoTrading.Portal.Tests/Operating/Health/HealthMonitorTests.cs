using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Health;

/// <summary>When the board looks.</summary>
public sealed class HealthMonitorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CountedChecks checks = new();
    private readonly Host host = new();
    private readonly WatchedTime time = new();

    [Fact]
    public async Task A_start_that_fails_asks_no_check_however_long_it_took()
    {
        using var monitor = await BeginAsync();
        time.Fake.Advance(TimeSpan.FromMinutes(1));
        monitor.Dispose();
        await monitor.ExecuteTask!.WaitAsync(Patience);
        Assert.False(checks.Asked.IsCompleted);
    }

    [Fact]
    public async Task Once_the_server_listens_the_checks_are_asked()
    {
        using var monitor = await BeginAsync();
        await host.Started.CancelAsync();
        time.Fake.Advance(TimeSpan.FromSeconds(3));
        await checks.Asked.WaitAsync(Patience);
        await monitor.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(monitor.ExecuteTask!.IsCompletedSuccessfully);
    }

    public void Dispose() => host.Started.Dispose();

    private async Task<HealthMonitor> BeginAsync()
    {
        var monitor = new HealthMonitor(checks, host, time, NullLogger<HealthMonitor>.Instance);
        await monitor.StartAsync(TestContext.Current.CancellationToken);
        await time.Timed.WaitAsync(Patience);
        return monitor;
    }

    private sealed class CountedChecks : HealthCheckService
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => asked.Task;

        public override Task<HealthReport> CheckHealthAsync(Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            return Task.FromResult(new HealthReport(new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal), TimeSpan.Zero));
        }
    }

    private sealed class Host : IHostApplicationLifetime
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }

    /// <summary>Says when the board has its timer: time that passes before that is none of its.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        private readonly TaskCompletionSource timed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FakeTime Fake { get; } = new();

        public Task Timed => timed.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = Fake.CreateTimer(callback, state, dueTime, period);
            timed.TrySetResult();
            return timer;
        }
    }
}
