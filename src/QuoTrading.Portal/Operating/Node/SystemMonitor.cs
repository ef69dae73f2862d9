using System.Runtime.InteropServices;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Operating.Metrics;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Streams;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Node;

/// <summary>
/// Reads the state of the portal, at most once a second for all pages together. It does not query the database.
/// </summary>
internal sealed class SystemMonitor(
    IDatabaseFile database, CommitMetrics commits, SessionRegistry registry, SessionMetrics sessions, CircuitMetrics circuits, OpenStreams streams, IHealthMonitor health,
    BackupService backups, SigningKeys signing, TimeProvider time) : IHostedService
{
    private const long Megabyte = 1024 * 1024;

    private readonly Cached<SystemFigures> figures = new(TimeSpan.FromSeconds(1), time);
    private DateTime startedAt;
    private long started;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        (startedAt, started) = (time.GetUtcNow().UtcDateTime, time.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>At most a second old.</summary>
    public Task<SystemFigures> ReadAsync(CancellationToken cancel = default) => figures.GetAsync(asked => Task.Run(Read, asked), cancel);

    private SystemFigures Read() => new(
        time.GetUtcNow().UtcDateTime,
        new ProcessFigures(typeof(SystemMonitor).Assembly.GetName().Version!.ToString(3), RuntimeInformation.FrameworkDescription, startedAt, time.GetElapsedTime(started), Environment.WorkingSet),
        new StoreFigures(
            database.Engine, database.FilePath, database.FileBytes, database.LogBytes, FreeBytes(), registry.StoreAnswers,
            commits.Recent.Last, commits.Recent.Percentile(0.5), commits.Recent.Percentile(0.99)),
        new LoadFigures(
            sessions.Live, sessions.HeartbeatsPerSecond, registry.QueueDepth, circuits.Open, streams.Count, sessions.RecentLag.Last, sessions.RecentLag.Percentile(0.99), sessions.Refusals),
        health.Problems,
        backups.Read(),
        signing.All);

    private long? FreeBytes()
    {
        try
        {
            return DiskCheck.FreeMegabytes(Path.GetDirectoryName(database.FilePath)!) * Megabyte;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
