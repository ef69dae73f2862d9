using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Something about the license that ends its sessions, or some of them.</summary>
/// <param name="From">Not before this.</param>
/// <param name="To">Not after this.</param>
/// <param name="Reason">As the wire names it.</param>
/// <param name="Until">What is granted until then was granted before it.</param>
/// <param name="IsSure">Whether it surely comes to pass.</param>
/// <param name="Seats">Where seats were lowered: how many are left; null where all sessions end.</param>
internal sealed record LicenseEnd(TimeSpan From, TimeSpan To, string Reason, TimeSpan Until, bool IsSure, int? Seats);

/// <summary>
/// What a license allowed at which time. While a change is under way, both the old and the new may be in force; before it was
/// asked for surely the old, after it was answered surely the new.
/// </summary>
internal sealed class TermsOverTime
{
    // The server expires licenses by the wall clock; an expiry was written down by both clocks at once.
    private static readonly TimeSpan WallSlack = TimeSpan.FromMilliseconds(100);

    // Rule 4 of docs/protocol.md: the server ends what is to end within a second by itself.
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(1.3);

    private readonly List<Phase> phases = [];

    public TermsOverTime(LicenseLayout layout, IEnumerable<TermsChange> changes, Bounds bounds)
    {
        phases.Add(new Phase(new Terms(Standing.Active, null, layout.Seats), TimeSpan.MinValue, TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.MaxValue));
        foreach (var change in changes)
        {
            phases[^1] = phases[^1] with { Until = change.Sent, Gone = change.Answered ?? TimeSpan.MaxValue };
            phases.Add(new Phase(change.Terms, change.Sent, change.Answered ?? TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue));
        }

        Ends = [.. FindEnds(bounds).OrderBy(end => end.From)];
    }

    /// <param name="From">From when on it may be in force.</param>
    /// <param name="Sure">From when on it surely is.</param>
    /// <param name="Until">Until when it surely is.</param>
    /// <param name="Gone">From when on it surely is not.</param>
    private sealed record Phase(Terms Terms, TimeSpan From, TimeSpan Sure, TimeSpan Until, TimeSpan Gone);

    /// <summary>By their beginning.</summary>
    public IReadOnlyList<LicenseEnd> Ends { get; }

    public int FewestSeats(TimeSpan from, TimeSpan to) => Possible(from, to).Min(phase => phase.Terms.Seats);

    public int MostSeats(TimeSpan from, TimeSpan to) => Possible(from, to).Max(phase => phase.Terms.Seats);

    /// <summary>Every reason for which the license may have been bad at a time within.</summary>
    public IReadOnlyList<string> Problems(TimeSpan from, TimeSpan to) => [.. Possible(from, to).Select(phase => phase.Terms switch
    {
        { Standing: Standing.Suspended } => "license_suspended",
        { Standing: Standing.Cancelled } => "license_cancelled",
        { ExpiresAt: { } end } when end - WallSlack <= to => "license_expired",
        _ => null,
    }).OfType<string>()];

    /// <summary>Whether the license was bad all the time, whatever order of events one assumes.</summary>
    public bool IsSurelyBad(TimeSpan from, TimeSpan to) => Possible(from, to)
        .All(phase => phase.Terms.Standing != Standing.Active || (phase.Terms.ExpiresAt is { } end && end + WallSlack <= (phase.From > from ? phase.From : from)));

    private IEnumerable<Phase> Possible(TimeSpan from, TimeSpan to) => phases.Where(phase => phase.From <= to && phase.Gone >= from);

    private IEnumerable<LicenseEnd> FindEnds(Bounds bounds)
    {
        for (var i = 1; i < phases.Count; i++)
        {
            var (now, before) = (phases[i], phases[i - 1]);
            var answered = now.Sure != TimeSpan.MaxValue;
            if (now.Terms.Standing != Standing.Active)
                yield return new LicenseEnd(now.From, now.Sure, now.Terms.Standing == Standing.Suspended ? "license_suspended" : "license_cancelled", now.Until, answered, null);
            else if (now.Terms.ExpiresAt is { } end && end - WallSlack < now.Gone)
            {
                var from = end - WallSlack > now.From ? end - WallSlack : now.From;
                var swept = end <= now.From ? now.Sure : Later(now.Sure, bounds.Stretch(end + WallSlack, SweptWithin));
                var isSure = swept <= now.Until && swept != TimeSpan.MaxValue;
                yield return new LicenseEnd(from, isSure || swept < now.Gone ? swept : now.Gone, "license_expired", now.Until, isSure, null);
            }

            if (now.Terms.Seats < before.Terms.Seats) yield return new LicenseEnd(now.From, now.Sure, "seats_reduced", now.Until, answered, now.Terms.Seats);
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
