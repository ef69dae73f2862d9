using System.Globalization;
using System.Text;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.Overview;

/// <summary>
/// The shape of a chart of concurrent sessions: steps from left to right in a box of 1000 by 100, with a gap while the portal did not run.
/// </summary>
public sealed class ChartShape
{
    public const int Width = 1000;
    public const int Height = 100;

    public ChartShape(ConcurrencyChart chart)
    {
        Chart = chart;
        Peak = chart.Steps.MaxBy(step => step.Live);
        Top = Round(Peak?.Live ?? 0);
        var (line, area) = (new StringBuilder(), new StringBuilder());
        var start = 0;
        for (var i = 1; i <= chart.Steps.Count; i++)
        {
            if (i < chart.Steps.Count && chart.Steps[i].Minute - chart.Steps[i - 1].Minute <= chart.Step) continue;
            Append(line, area, chart.Steps.Skip(start).Take(i - start).ToList());
            start = i;
        }

        (Line, Area) = (line.ToString(), area.ToString());
    }

    public ConcurrencyChart Chart { get; }

    /// <summary>The step with the most sessions; null if there are no data.</summary>
    public ConcurrentSessions? Peak { get; }

    /// <summary>The number at the upper edge: round, and above the peak.</summary>
    public int Top { get; }

    /// <summary>The line, as data of an SVG path.</summary>
    public string Line { get; }

    /// <summary>The area below the line, as data of an SVG path.</summary>
    public string Area { get; }

    /// <summary>The horizontal position of a time.</summary>
    public double X(DateTime utc) => Width * (utc - Chart.From) / (Chart.To - Chart.From);

    public double Y(int live) => Height - (Height * (double)live / Top);

    /// <summary>The labels of the time axis, UTC.</summary>
    public IEnumerable<(double X, string Text)> Times()
    {
        var (every, format) = Chart.Span switch
        {
            ChartSpan.Day => (TimeSpan.FromHours(6), "HH:mm"),
            ChartSpan.Week => (TimeSpan.FromDays(2), "MMM d"),
            _ => (TimeSpan.FromDays(7), "MMM d"),
        };
        for (var at = new DateTime(Chart.From.Ticks - (Chart.From.Ticks % every.Ticks), DateTimeKind.Utc) + every; at < Chart.To; at += every)
            if (X(at) is > 40 and < Width - 40) yield return (X(at), at.ToString(format, CultureInfo.InvariantCulture));
    }

    /// <summary>The chart in a sentence.</summary>
    public string InWords() => Peak is { } peak
        ? $"At most {Format.Count(peak.Live, "session", "sessions")} at once, of {Format.Count(peak.Licenses, "license", "licenses")}, {Between(peak)}."
        : "Nothing is known of this time yet.";

    /// <summary>One step, in words.</summary>
    public string InWords(ConcurrentSessions step) => $"{Format.Count(step.Live)} {(step.Live == 1 ? "session" : "sessions")}, {Between(step)}";

    /// <summary>The peaks for a table: by hour for a day, by day for a longer time. Newest first.</summary>
    public IEnumerable<(string Time, int Live, int Licenses)> Rows() => Chart.Steps
        .GroupBy(step => Chart.Span == ChartSpan.Day ? new DateTime(step.Minute.Ticks - (step.Minute.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc) : step.Minute.Date)
        .OrderByDescending(group => group.Key)
        .Select(group => (group.Key.ToString(Chart.Span == ChartSpan.Day ? "MMM d, HH:mm" : "MMM d", CultureInfo.InvariantCulture), group.Max(step => step.Live), group.Max(step => step.Licenses)));

    private string Between(ConcurrentSessions step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Minute:MMM d}, {step.Minute:HH:mm} to {step.Minute + Chart.Step:HH:mm} UTC");

    private void Append(StringBuilder line, StringBuilder area, List<ConcurrentSessions> piece)
    {
        if (piece.Count == 0) return;
        var points = piece.SelectMany(step => new[] { (X: X(step.Minute), Y: Y(step.Live)), (X: X(step.Minute + Chart.Step), Y: Y(step.Live)) }).ToList();
        var joined = string.Join('L', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##} {point.Y:0.##}")));
        line.Append('M').Append(joined);
        area.Append(CultureInfo.InvariantCulture, $"M{points[0].X:0.##} {Height}L{joined}L{points[^1].X:0.##} {Height}Z");
    }

    private static int Round(int peak)
    {
        for (var power = 1; ; power *= 10)
            foreach (var digit in new[] { 2, 4, 6, 10 })
                if (digit * power > peak) return digit * power;
    }
}
