using System.Diagnostics.Metrics;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Measures;

/// <summary>The metrics of sessions, for the meter and for the System page. A heartbeat costs one addition.</summary>
public sealed class SessionMetrics
{
    private const string Accepted = "accepted";

    private readonly Meter meter;
    private readonly RecentRate heartbeats;
    private readonly RecentRefusals refusals;
    private readonly Counter<long> logins;
    private readonly Counter<long> releases;
    private readonly Counter<long> refused;
    private readonly Counter<long> copied;
    private readonly Histogram<int> sizes;
    private readonly Histogram<double> lags;
    private volatile int live;

    public SessionMetrics(IMeterFactory meters, TimeProvider time)
    {
        meter = PortalMeter.Of(meters);
        heartbeats = new RecentRate(time);
        refusals = new RecentRefusals(time);
        RecentLag = new RecentDurations(time);
        meter.CreateObservableCounter("portal.heartbeats", () => heartbeats.Total, "{heartbeat}", "Heartbeats that came whole and within the limits, whatever the answer.");
        logins = meter.CreateCounter<long>("portal.logins", "{login}", "Logins that were decided, by their outcome.");
        releases = meter.CreateCounter<long>("portal.releases", "{release}", "Sessions that their own device released.");
        refused = meter.CreateCounter<long>("portal.refusals", "{request}", "Requests of clients that were refused, by the code that they were told.");
        copied = meter.CreateCounter<long>("portal.copies", "{sign}", "Signs that a fingerprint is used in two places, by what showed it.");
        meter.CreateObservableUpDownCounter("portal.sessions.live", () => live, "{session}", "Sessions that are live.");
        sizes = meter.CreateHistogram(
            "portal.commit.size", "{command}", "Commands of clients and people that one unit made durable.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });
        lags = meter.CreateHistogram(
            "portal.feed.lag", "s", "From a commit until those who watch the Online page were told.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5] });
    }

    /// <summary>The number of live sessions, at most half a second old.</summary>
    public int Live => live;

    /// <summary>The average over the last ten seconds.</summary>
    public double HeartbeatsPerSecond => heartbeats.PerSecond;

    /// <summary>Client requests that were refused in the last hour, the most frequent code first.</summary>
    public IReadOnlyList<RefusedRequests> Refusals => refusals.Read();

    /// <summary>The time from a commit until open Online pages are notified, in the last minutes. Empty while no page watches.</summary>
    public RecentDurations RecentLag { get; }

    /// <summary>Counts a refused client request.</summary>
    /// <param name="code">The code in the answer to the client.</param>
    public void Refused(string code)
    {
        refusals.Count(code);
        refused.Add(1, new KeyValuePair<string, object?>("portal.refusal.code", code));
    }

    internal void CopySeen(CopySign sign, int times) => copied.Add(times, new KeyValuePair<string, object?>("portal.copy.sign", WireNames.Of(sign)));

    internal void Heartbeat() => heartbeats.Count();

    internal void LoggedIn(Outcome outcome) =>
        logins.Add(1, new KeyValuePair<string, object?>("portal.login.outcome", WireNames.RefusalCode(outcome) ?? Accepted));

    internal void Released() => releases.Add(1);

    internal void Committed(int commands) => sizes.Record(commands);

    internal void Told(TimeSpan since)
    {
        var lag = since > TimeSpan.Zero ? since : TimeSpan.Zero;
        RecentLag.Add(lag);
        lags.Record(lag.TotalSeconds);
    }

    /// <summary>Must be called twice a second.</summary>
    internal void Sample(int liveNow)
    {
        live = liveNow;
        heartbeats.Sample();
    }

    /// <summary>Adds instruments that read values of other objects. Called once, when the server starts.</summary>
    internal void Watch(Func<int> openStreams, Func<int> queueDepth, Func<bool> storeAnswers)
    {
        meter.CreateObservableUpDownCounter("portal.streams.open", openStreams, "{stream}", "Session streams that are open.");
        meter.CreateObservableUpDownCounter("portal.queue.depth", queueDepth, "{command}", "Commands that wait to be decided and committed.");
        meter.CreateObservableGauge("portal.store.available", () => storeAnswers() ? 1 : 0, "1", "1 while the database takes commits, else 0.");
    }
}
