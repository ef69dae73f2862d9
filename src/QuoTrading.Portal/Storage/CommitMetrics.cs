using System.Diagnostics.Metrics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage;

/// <summary>Measures how long units of the writer take, for the meter and for the System page.</summary>
public sealed class CommitMetrics
{
    private static readonly KeyValuePair<string, object?> Sessions = new("portal.commit.of", "sessions");
    private static readonly KeyValuePair<string, object?> Others = new("portal.commit.of", "others");

    private readonly TimeProvider time;
    private readonly Histogram<double> durations;

    public CommitMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        Recent = new RecentDurations(time);
        durations = PortalMeter.Of(meters).CreateHistogram(
            "portal.commit.duration", "s", "From a unit's turn at the database until it is durable.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
    }

    /// <summary>The durations of all units of the last minutes, of the session registry and of others.</summary>
    public RecentDurations Recent { get; }

    /// <summary>A unit has entered the gate.</summary>
    /// <returns>A timestamp for <see cref="Since"/> and <see cref="Done"/>.</returns>
    internal long Begin() => time.GetTimestamp();

    /// <summary>The time since <see cref="Begin"/> returned <paramref name="begun"/>.</summary>
    internal TimeSpan Since(long begun) => time.GetElapsedTime(begun);

    /// <summary>The unit is durable.</summary>
    /// <param name="ofSessions">Whether it was a unit of the session registry.</param>
    internal void Done(long begun, bool ofSessions)
    {
        var duration = Since(begun);
        Recent.Add(duration);
        durations.Record(duration.TotalSeconds, ofSessions ? Sessions : Others);
    }
}
