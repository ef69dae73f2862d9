using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>When each device used a license, one row per device: bars for sessions, marks for refused attempts. Pure.</summary>
/// <param name="Days">The first and last day of the strip, UTC.</param>
public sealed record TimelineView(IReadOnlyList<TimelineRow> Rows, (DateTime First, DateTime Last) Days, int LeftOut)
{
    /// <summary>The maximum number of rows, so that the timeline stays readable.</summary>
    public const int MostRows = 12;

    // The minimum width of a bar in per cent; a thinner bar is not visible.
    private const double Thinnest = .35;

    // In per cent: the 3 px of a mark on the narrowest strip. A mark at the right edge, a refusal just now, would lie outside of the strip.
    private const double MarkWidth = 1;

    public static TimelineView Of(LicenseUse use)
    {
        var span = (use.To - use.From).TotalSeconds;
        var refused = use.Refusals.ToLookup(refusal => refusal.Device!, StringComparer.Ordinal);
        var held = use.Sessions.ToLookup(session => session.Device, StringComparer.Ordinal);
        var rows = held.Select(group => group.Key).Union(refused.Select(group => group.Key), StringComparer.Ordinal).Select(device => new TimelineRow(
            device,
            held[device].FirstOrDefault(session => session.DeviceName is not null)?.DeviceName,
            [.. held[device].Select(session => Bar(session.StartedAt, session.EndedAt ?? use.To, session.EndedAt is null))],
            [.. refused[device].Select(refusal => new TimelineMark(Math.Min(Place(refusal.At), 100 - MarkWidth), Says(refusal)))],
            held[device].Aggregate(TimeSpan.Zero, (sum, session) => sum + ((session.EndedAt ?? use.To) - Later(session.StartedAt))),
            refused[device].Sum(refusal => refusal.Count),
            held[device].Select(session => session.StartedAt).Concat(refused[device].Select(refusal => refusal.At)).Max()))
            .OrderByDescending(row => row.Last).ThenBy(row => row.Device, StringComparer.Ordinal).ToList();
        return new TimelineView(rows.Take(MostRows).ToList(), (use.From, use.To), Math.Max(0, rows.Count - MostRows));

        DateTime Later(DateTime start) => start < use.From ? use.From : start;
        string Says(SessionEvent refusal) => $"{(refusal.Code is { } code ? SessionFormat.Code(code) : "Refused")}, {Format.Utc(refusal.At)}{(refusal.Count > 1 ? $", {Format.Count(refusal.Count, "time", "times")}" : "")}";
        double Place(DateTime at) => Math.Clamp((at - use.From).TotalSeconds / span * 100, 0, 100);
        TimelineBar Bar(DateTime from, DateTime to, bool live)
        {
            var left = Place(from);
            return new TimelineBar(Math.Min(left, 100 - Thinnest), Math.Max(Thinnest, Place(to) - left), live, $"{Format.Utc(from)} to {(live ? "now" : Format.Utc(to))}");
        }
    }
}

/// <param name="Held">The total time that the device held sessions.</param>
/// <param name="Refused">How many attempts were refused.</param>
/// <param name="Last">The start of its last session or its last refusal, UTC.</param>
public sealed record TimelineRow(string Device, string? Name, IReadOnlyList<TimelineBar> Bars, IReadOnlyList<TimelineMark> Marks, TimeSpan Held, int Refused, DateTime Last)
{
    /// <summary>The content of the strip, in words.</summary>
    public string Text => $"{Format.Count(Bars.Count, "session", "sessions")}, {Format.Length(Held)} in all{(Refused > 0 ? $"; {Format.Count(Refused, "attempt", "attempts")} refused" : "")}";
}

/// <summary>A session; position and width in per cent of the strip.</summary>
public sealed record TimelineBar(double Left, double Width, bool IsLive, string Text);

/// <summary>A refused attempt; position in per cent of the strip.</summary>
public sealed record TimelineMark(double Left, string Text);
