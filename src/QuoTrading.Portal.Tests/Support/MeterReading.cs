using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Listens to the portal's meter, of one server alone, and keeps what it says.</summary>
public sealed class MeterReading : IDisposable
{
    private readonly Lock keeping = new();
    private readonly MeterListener listener = new();
    private readonly Dictionary<string, string?> units = new(StringComparer.Ordinal);
    private readonly List<Measurement> measurements = [];
    private readonly List<(string Instrument, TaskCompletionSource<Measurement> Told)> waiting = [];

    public MeterReading(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, factory) || instrument.Meter.Name != PortalMeter.Name) return;
            lock (keeping) units[instrument.Name] = instrument.Unit;
            self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
    }

    /// <summary>The unit of each instrument that there is.</summary>
    public IReadOnlyDictionary<string, string?> Units => units;

    /// <summary>What a counter has counted since this began to listen.</summary>
    public double Sum(string instrument, string? tag = null) => Of(instrument, tag).Sum(measured => measured.Value);

    /// <summary>All that was measured since this began to listen.</summary>
    /// <param name="tag">The value of its one tag.</param>
    public IReadOnlyList<Measurement> Of(string instrument, string? tag = null)
    {
        lock (keeping) return [.. measurements.Where(measured => measured.Instrument == instrument && (tag is null || measured.Tag == tag))];
    }

    /// <summary>What an instrument that is asked says now.</summary>
    public double Ask(string instrument)
    {
        listener.RecordObservableInstruments();
        return Of(instrument)[^1].Value;
    }

    /// <summary>The next thing that is measured.</summary>
    public async Task<Measurement> NextAsync(string instrument)
    {
        var told = new TaskCompletionSource<Measurement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (keeping) waiting.Add((instrument, told));
        return await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public void Dispose() => listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measurement(instrument.Name, value, tags.Length == 0 ? null : tags[0].Value?.ToString());
        lock (keeping)
        {
            measurements.Add(measured);
            foreach (var (_, told) in waiting.Where(one => one.Instrument == instrument.Name)) told.TrySetResult(measured);
            waiting.RemoveAll(one => one.Instrument == instrument.Name);
        }
    }

    /// <param name="Tag">The value of the one tag; null without.</param>
    public sealed record Measurement(string Instrument, double Value, string? Tag);
}
