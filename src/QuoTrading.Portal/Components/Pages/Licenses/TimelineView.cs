using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Who used a license when, one row a device: bars for sessions, marks for refused attempts. Pure.</summary>
/// <param name="Days">UTC; the strip's first and last day.</param>
public sealed record TimelineView(IReadOnlyList<TimelineRow> Rows, (DateTime First, DateTime Last) Days, int LeftOut)
{
    /// <summary>More rows nobody takes in.</summary>
    public const int MostRows = 12;

    // Thinner bars nobody sees.
    private const double Thinnest = .35;

    // A mark's 3 px on the narrowest strip. One that stood further to the right would lie outside of it: whoever was refused just now.
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

/// <param name="Held">How long the device held sessions, in all.</param>
/// <param name="Refused">How many attempts were refused.</param>
/// <param name="Last">UTC; the last time that it came.</param>
public sealed record TimelineRow(string Device, string? Name, IReadOnlyList<TimelineBar> Bars, IReadOnlyList<TimelineMark> Marks, TimeSpan Held, int Refused, DateTime Last)
{
    /// <summary>What the strip shows, in words.</summary>
    public string Text => $"{Format.Count(Bars.Count, "session", "sessions")}, {Format.Length(Held)} in all{(Refused > 0 ? $"; {Format.Count(Refused, "attempt", "attempts")} refused" : "")}";
}

/// <summary>A session; places in per cent of the strip.</summary>
public sealed record TimelineBar(double Left, double Width, bool IsLive, string Text);

/// <summary>A refused attempt.</summary>
public sealed record TimelineMark(double Left, string Text);
