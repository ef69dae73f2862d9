using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>
/// What is certain about times, whatever the server did in between: until when a session surely lives after an answered message,
/// and after when it surely does not. Written from docs/protocol.md, Words; it shares nothing with the portal.
/// </summary>
/// <remarks>
/// The server's clock never runs faster than ours. It runs slower only where the server was disturbed, and then a session may
/// have one interval and 10 s more, once between two messages of its own.
/// </remarks>
public sealed class Bounds
{
    // Nobody disturbed the server, yet an answer took this long: then its clock may have stood as well.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(0.8);

    // A request that its client has given up reaches the server, or never will, within this time.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    // The server's clock counts whole milliseconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(30);

    // docs/protocol.md, What each request does: a heartbeat that only refreshes is written within a second. Here from its answer on, which may have been slow.
    private static readonly TimeSpan Written = TimeSpan.FromSeconds(1.5);

    // The server's clock goes on for 2 s in a gap, and has read the time half a second before it: above this a gap is certain.
    private static readonly TimeSpan CertainGap = TimeSpan.FromSeconds(2.2);

    private readonly List<Disturbance> disturbances;
    private readonly List<(TimeSpan From, TimeSpan To, TimeSpan Timeout)> timeouts = [];
    private readonly List<Segment> segments = [];
    private readonly TimeSpan credit;

    public Bounds(RunRecord record)
    {
        credit = record.Interval + TimeSpan.FromSeconds(10);
        disturbances = [.. record.Disturbances];
        disturbances.AddRange(Stalls(record));
        disturbances.Sort((one, other) => one.From.CompareTo(other.From));

        Known = record.Operations.Count == 0 ? TimeSpan.Zero : record.Operations.Max(o => o.Sent);
        ReadTimeouts(record);
        BuildSegments();
        Horizon = TimeSpan.FromSeconds(150);
        var far = 6 * timeouts.Max(t => t.Timeout);
        if (far > Horizon) Horizon = far;
    }

    /// <param name="Gap">Where a gap surely is over with it: when that began.</param>
    private sealed record Segment(TimeSpan From, TimeSpan To, bool Disturbed, TimeSpan Longest, TimeSpan? Gap);

    /// <summary>Until when the record goes: what must come later need not have come.</summary>
    public TimeSpan Known { get; }

    /// <summary>Nothing that a message did is of effect so long after it; a look further back would cost time only.</summary>
    public TimeSpan Horizon { get; }

    /// <summary>How much of the time nothing disturbed the server, stalls of the machine included: where time-outs are exact.</summary>
    public double CalmShare => segments.Where(s => !s.Disturbed && s.From < Known).Sum(s => ((s.To < Known ? s.To : Known) - s.From).TotalSeconds) / Math.Max(1, Known.TotalSeconds);

    public bool IsDisturbed(TimeSpan from, TimeSpan to) => disturbances.Exists(d => from < After(d) && to > Before(d));

    /// <summary>Whether the process became another one while this was under way.</summary>
    public bool IsReplaced(Operation operation) => disturbances.Exists(d => d.Replaced && operation.Sent < d.To && Settled(operation) > d.From);

    /// <summary>Whether the process became another one in this time.</summary>
    public bool IsReplaced(TimeSpan from, TimeSpan to) => disturbances.Exists(d => d.Replaced && d.From < to && After(d) > from);

    /// <summary>
    /// Whether a drop surely was taken back before it could end anything: the process was gone before that, which remembers no drop;
    /// or a gap began, after which nobody has lost his connection.
    /// </summary>
    /// <param name="by">By when the server had seen it.</param>
    /// <param name="end">When it could end the session at the earliest.</param>
    public bool IsTakenBack(TimeSpan dropped, TimeSpan by, TimeSpan end) => disturbances.Exists(d => d.Replaced
        ? d.Gone > dropped && d.Gone <= end - Rounding
        : IsCertain(d) && d.From > by && d.Begun <= end - Rounding);

    /// <summary>The shortest timeout that may have been in force.</summary>
    public TimeSpan ShortestTimeout(TimeSpan from, TimeSpan to) => Shortest(from, to);

    /// <summary>The longest timeout that may have been in force.</summary>
    public TimeSpan LongestTimeout(TimeSpan from, TimeSpan to) => timeouts.Where(t => t.From <= to && t.To >= from).Max(t => t.Timeout);

    /// <summary>Whether this timeout may have been in force at a time within.</summary>
    public bool MayBeTimeout(TimeSpan timeout, TimeSpan from, TimeSpan to) => timeouts.Exists(t => t.Timeout == timeout && t.From <= to && t.To >= from);

    /// <summary>After this the operation has no effect that it had not before.</summary>
    public TimeSpan Settled(Operation operation)
    {
        if (operation.Answered is { } answered) return answered;
        if (operation.GivenUp is not { } givenUp) return TimeSpan.MaxValue;
        var late = Stretch(givenUp, Late);
        foreach (var d in disturbances)
            if (d.Replaced && d.Gone >= givenUp && d.Gone < late) return d.Gone;
        return late;
    }

    /// <summary>Until when a session surely lives that was granted or refreshed by this answered operation, if nobody ends it.</summary>
    /// <param name="next">When its device's next login or heartbeat was sent: from then on another message counts.</param>
    public TimeSpan SurelyUntil(Operation success, TimeSpan next)
    {
        var until = success.Sent + Shortest(success.Sent, success.Sent + Longest(success.Sent)) - Rounding;
        // Killed before it was written: then what was written before it counts, and has what every session has after a gap.
        if (success.IsBeat && disturbances.Find(d => d.Kind == DisturbanceKind.Kill && d.Gone > success.Sent) is { } kill
            && kill.Gone != TimeSpan.MaxValue && kill.From < Stretch(success.Answered!.Value, Written) && AfterGap(kill) < until) until = AfterGap(kill);

        var gap = disturbances.Find(d => After(d) > success.Sent);
        if (gap is null || gap.From <= success.Answered || gap.Begun >= until || gap.Gone == TimeSpan.MaxValue) return until;
        if (!IsCertain(gap)) return until;

        var credited = AfterGap(gap);
        if (credited > next) credited = next;
        return credited > until ? credited : until;
    }

    /// <summary>From when on a session surely is stale that was last granted or refreshed by this operation at the latest.</summary>
    public TimeSpan MaybeUntil(Operation grant)
    {
        var at = Settled(grant);
        if (at == TimeSpan.MaxValue) return at;

        var age = TimeSpan.Zero;
        // The most that a gap may have given it beyond the timeout: counted from its age in that gap.
        var given = IsDisturbed(grant.Sent, at) && credit > Shortest(grant.Sent, at) ? credit - Shortest(grant.Sent, at) : TimeSpan.Zero;
        var isGiven = false;
        for (var i = Find(at); i < segments.Count; i++)
        {
            var segment = segments[i];
            if (!segment.Disturbed)
            {
                var missing = segment.Longest + given + Slack - age;
                if (missing <= TimeSpan.Zero) return at;
                if (missing <= segment.To - at) return at + missing;
                age += segment.To - at;
            }
            else if (!isGiven && segment.To != TimeSpan.MaxValue)
            {
                var more = age + credit - Shortest(segment.From, segment.To);
                if (more > given) given = more;
                // Once between two messages of its own: whoever surely was given something is given nothing any more. Who has
                // more time left than a gap gives was given nothing.
                isGiven = segment.Gap >= Settled(grant) && segment.Longest - age < credit - Slack;
            }

            at = segment.To;
        }

        return TimeSpan.MaxValue;
    }

    /// <summary>
    /// Whether a message may have been less than the timeout ago at a time within. By the timeout that was in force then: a program
    /// that had been silent for a shorter one is live once more. And a restart makes all programs of a session as young as the last.
    /// </summary>
    public bool MayBeRecent(Operation message, TimeSpan from, TimeSpan to) =>
        Settled(message) is var settled && (settled >= from
            || Undisturbed(settled, from) < timeouts.Where(t => t.From <= to && t.To >= from).Max(t => t.Timeout) + Slack
            || ((message.SessionId is not null || message.Sent > from - Horizon) && IsReplaced(message.Sent, from)));

    /// <summary>When so much time has passed in which nothing disturbed the server.</summary>
    public TimeSpan Stretch(TimeSpan from, TimeSpan undisturbed)
    {
        var at = from;
        for (var i = Find(from); i < segments.Count && undisturbed > TimeSpan.Zero; i++)
        {
            if (!segments[i].Disturbed)
            {
                if (undisturbed <= segments[i].To - at) return at + undisturbed;
                undisturbed -= segments[i].To - at;
            }

            at = segments[i].To;
        }

        return at;
    }

    /// <summary>How much of this time nothing disturbed the server: so much at the least its clock went on.</summary>
    public TimeSpan Undisturbed(TimeSpan from, TimeSpan to)
    {
        var passed = TimeSpan.Zero;
        for (var (i, at) = (Find(from), from); at < to; at = segments[i++].To)
            if (!segments[i].Disturbed) passed += (segments[i].To < to ? segments[i].To : to) - at;
        return passed;
    }

    // The server's clock surely stood for a while.
    private static bool IsCertain(Disturbance d) => d.Replaced || (d.Kind == DisturbanceKind.Suspension && d.Gone - d.Begun >= CertainGap);

    // What every session has at the least that was live in the gap; a timeout that is shortened takes as much of it.
    private TimeSpan AfterGap(Disturbance gap)
    {
        var until = gap.Gone + credit - Rounding;
        var shorter = timeouts.Where(t => t.From < After(gap) && t.To > gap.From).Max(t => t.Timeout) - Shortest(gap.From, until);
        return shorter > TimeSpan.Zero ? until - shorter : until;
    }

    // Those that overlap are one: on a busy machine there are thousands.
    private static IEnumerable<Disturbance> Stalls(RunRecord record)
    {
        Disturbance? stall = null;
        foreach (var (from, answered) in record.Operations.Where(o => o.Answered - o.Sent > Slow).Select(o => (From: CaughtUp(record, o), o.Answered!.Value)).Where(o => o.Value - o.From > Slow).OrderBy(o => o.From))
        {
            if (stall is not null && from <= After(stall))
            {
                if (answered > stall.To) stall = stall with { Begun = answered, Gone = answered, To = answered };
                continue;
            }

            if (stall is not null) yield return stall;
            stall = new Disturbance(DisturbanceKind.Stall, from, answered, answered, answered);
        }

        if (stall is not null) yield return stall;
    }

    // From when on nothing that somebody did explains that the answer took so long.
    private static TimeSpan CaughtUp(RunRecord record, Operation slow)
    {
        var from = slow.Sent;
        foreach (var d in record.Disturbances)
            if (slow.Sent < After(d) && slow.Answered > d.From && After(d) > from) from = After(d);
        return from;
    }

    private static TimeSpan Before(Disturbance d) => d.From - (d.Kind switch
    {
        // What the clock had counted since the last commit is lost.
        DisturbanceKind.Kill or DisturbanceKind.Restart => TimeSpan.FromSeconds(2),
        DisturbanceKind.Suspension => TimeSpan.FromSeconds(0.6),
        _ => TimeSpan.Zero,
    });

    private static TimeSpan After(Disturbance d) => d.To == TimeSpan.MaxValue ? d.To : d.To + TimeSpan.FromSeconds(0.6);

    private void ReadTimeouts(RunRecord record)
    {
        List<TimeoutChange> all = [new(TimeSpan.MinValue, TimeSpan.Zero, record.FirstTimeout), .. record.Changes];
        for (var i = 0; i < all.Count; i++)
        {
            var replaced = all.Skip(i + 1).FirstOrDefault(change => change.Answered is not null)?.Answered ?? TimeSpan.MaxValue;
            timeouts.Add((all[i].Sent, replaced, all[i].Timeout));
        }
    }

    private TimeSpan Shortest(TimeSpan from, TimeSpan to) => timeouts.Where(t => t.From < to && t.To > from).Min(t => t.Timeout);

    private TimeSpan Longest(TimeSpan at) => timeouts.Where(t => t.From <= at && t.To >= at).Max(t => t.Timeout);

    private void BuildSegments()
    {
        var edges = new SortedSet<TimeSpan> { TimeSpan.Zero, TimeSpan.MaxValue };
        foreach (var d in disturbances)
        {
            edges.Add(Before(d));
            edges.Add(After(d));
        }

        foreach (var t in timeouts)
        {
            if (t.From > TimeSpan.Zero) edges.Add(t.From);
            edges.Add(t.To);
        }

        foreach (var (from, to) in edges.Zip(edges.Skip(1)))
        {
            var over = disturbances.Where(d => IsCertain(d) && After(d) == to).Select(d => (TimeSpan?)d.From).Max();
            segments.Add(new Segment(from, to, IsDisturbed(from, to), Longest(from), over));
        }
    }

    private int Find(TimeSpan at)
    {
        var (low, high) = (0, segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (segments[middle].From <= at) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
