using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>
/// Of all licenses: which streams dropped when, and whether that were so many at once that it says nothing about any of them
/// (docs/protocol.md, The session stream).
/// </summary>
internal sealed class StreamTimes
{
    private const int Most = 20;
    private const double Share = 0.2;

    // The server sees within this time that a connection was closed, if nothing disturbs it.
    public static readonly TimeSpan Seen = TimeSpan.FromSeconds(1);

    // More than these surely dropped, if the server counts one or the other of them later.
    private const int Certain = Most + 4;
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(0.3);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Bounds bounds;
    private readonly ILookup<int, StreamRecord> byLicense;
    private readonly List<TimeSpan> possible;
    private readonly List<TimeSpan> possibleBy;
    private readonly HashSet<StreamRecord> masses;

    public StreamTimes(RunRecord record, Bounds bounds)
    {
        this.bounds = bounds;
        Grace = record.Grace;
        byLicense = record.Streams.ToLookup(stream => stream.Opened.License);
        var bySession = record.Streams.ToLookup(stream => stream.Session, StringComparer.Ordinal);
        var leaves = record.Operations.Where(StreamDrops.Leaves).ToLookup(o => (o.License, o.Device));
        var drops = record.Streams
            .Where(stream => MayBeLast(stream, bySession[stream.Session]) && !HasLeft(stream, bySession[stream.Session], leaves[(stream.Opened.License, stream.Opened.Device)]))
            .Select(stream => (From: End(stream), By: SeenBy(End(stream))))
            .Concat(record.Operations.Where(o => o.Ask == Ask.Stream && o.Told == Told.Nothing).Select(o => (From: o.Sent, By: SeenBy(o)))).ToList();
        possible = [.. drops.Select(drop => drop.From).Order()];
        possibleBy = [.. drops.Select(drop => drop.By).Order()];
        masses = FindMasses(record.Streams);
    }

    /// <summary>The disconnect grace.</summary>
    public TimeSpan Grace { get; }

    public IEnumerable<StreamRecord> Of(int license) => byLicense[license];

    /// <summary>By when the server has seen that a connection was closed.</summary>
    public TimeSpan SeenBy(TimeSpan closed) => bounds.Stretch(closed, Seen);

    /// <summary>By when the server has seen that whatever this operation opened was closed.</summary>
    public TimeSpan SeenBy(Operation o) => bounds.Settled(o) is var settled && settled == TimeSpan.MaxValue ? settled : SeenBy(settled);

    /// <summary>From when on nobody surely holds the stream any more; in the client's eyes.</summary>
    public static TimeSpan End(StreamRecord stream) => stream.Dropped ?? stream.Gone ?? TimeSpan.MaxValue;

    /// <summary>Whether so many surely dropped with this one that it says nothing.</summary>
    public bool IsMass(StreamRecord stream) => masses.Contains(stream);

    /// <summary>Whether the server may have seen too many drops within a time in which it may have seen this one.</summary>
    public bool MayBeMass(TimeSpan dropped)
    {
        // Of all such times one of the fullest begins with the first, or ends with a drop.
        var (first, last) = (dropped - Window, SeenBy(dropped));
        if (Count(first) > Most) return true;
        for (var i = FirstAfter(possible, dropped); i < possible.Count && possible[i] - Window <= last; i++)
            if (Count(possible[i] - Window) > Most) return true;
        return false;

        int Count(TimeSpan from) => FirstAfter(possible, from + Window) - FirstAfter(possibleBy, from - TimeSpan.FromTicks(1));
    }

    // The server counts sessions that lose their last stream; one that has ended loses nothing, and one with another stream not yet.
    private static bool MayBeLast(StreamRecord stream, IEnumerable<StreamRecord> ofSession) =>
        End(stream) is var end && end < TimeSpan.MaxValue && (stream.Dropped is not null || stream.LoggedOut is null)
        && !ofSession.Any(other => other.Opened.Answered < end && (other.Dropped > end || other.Gone - Seen > end));

    // Its program left, so that the server closed it; and there was none whose drop counts from then on.
    private bool HasLeft(StreamRecord stream, IEnumerable<StreamRecord> ofSession, IEnumerable<Operation> leaves) =>
        stream is { Dropped: null, Gone: { } gone }
        && leaves.Any(o => o.Sent < gone && SeenBy(o) > gone && (o.App ?? "") == (stream.Opened.App ?? "") && o.MayBeOf(stream.Session))
        && !ofSession.Any(other => other.Dropped < gone);

    private HashSet<StreamRecord> FindMasses(IReadOnlyList<StreamRecord> streams)
    {
        var found = new HashSet<StreamRecord>();
        var dropped = streams.Where(stream => stream is { Dropped: not null, LoggedOut: null }).OrderBy(stream => stream.Dropped).ToList();
        var from = 0;
        for (var to = 0; to < dropped.Count; to++)
        {
            while (dropped[to].Dropped - dropped[from].Dropped > AtOnce) from++;
            // The server counts sessions that have lost their last stream.
            var together = dropped.Skip(from).Take(to - from + 1).ToList();
            if (together.Count < Certain || bounds.IsDisturbed(together[0].Dropped!.Value - Seen, together[^1].Dropped!.Value + Window)) continue;
            var lost = together.GroupBy(stream => stream.Session, StringComparer.Ordinal)
                .Count(session => streams.Where(other => other.Session == session.Key).All(other => End(other) <= together[^1].Dropped));
            var open = streams.Count(other => other.Opened.Sent <= together[^1].Dropped + Seen && End(other) > together[0].Dropped - Window - Seen);
            if (lost >= Certain && lost > Share * open) found.UnionWith(together);
        }

        return found;
    }

    private static int FirstAfter(List<TimeSpan> sorted, TimeSpan time) => sorted.FirstNotBefore(time + TimeSpan.FromTicks(1), at => at);
}
