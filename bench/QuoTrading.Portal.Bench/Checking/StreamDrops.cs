using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Something after which the server may think that a session's last stream dropped.</summary>
/// <param name="From">Not before this.</param>
/// <param name="By">By when the server has seen it.</param>
/// <param name="Session">Null: any of the device.</param>
/// <param name="Cause">What opened the stream, or closed it.</param>
internal sealed record Drop(TimeSpan From, TimeSpan By, string? Session, Operation Cause);

/// <summary>What the streams of one device say about its sessions: which drops may end one, and which surely do.</summary>
internal sealed class StreamDrops
{
    // From a drop that the server has seen until that is decided.
    private static readonly TimeSpan Decided = TimeSpan.FromSeconds(0.5);

    // A stream that broke by itself may have done so a little before its client saw it.
    private static readonly TimeSpan Unseen = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<Operation> own;
    private readonly IReadOnlyList<StreamRecord> streams;
    private readonly StreamTimes times;
    private readonly Bounds bounds;
    private readonly List<(string Session, TimeSpan Proved, TimeSpan Dropped, TimeSpan Over)> sure = [];

    /// <param name="own">The device's operations, in the order they were sent.</param>
    /// <param name="streams">Its streams, in the order they were opened.</param>
    public StreamDrops(IReadOnlyList<Operation> own, IReadOnlyList<StreamRecord> streams, StreamTimes times, Bounds bounds)
    {
        (this.own, this.streams, this.times, this.bounds) = (own, streams, times, bounds);
        Possible = [.. FindPossible().OrderBy(drop => drop.From)];
        foreach (var stream in streams)
        {
            if (stream.Dropped is not { } dropped || !IsSure(stream, dropped)) continue;
            sure.Add((stream.Session, stream.Opened.Sent, dropped, dropped + Lasts));
        }

        sure.Sort((one, other) => one.Dropped.CompareTo(other.Dropped));
    }

    /// <summary>Every drop that may end a session, by its beginning.</summary>
    public IReadOnlyList<Drop> Possible { get; }

    // Where nothing disturbs the server.
    private TimeSpan Lasts => StreamTimes.Seen + Decided + times.Grace;

    /// <summary>How many drops surely ended a session.</summary>
    public int SureCount => sure.Count;

    /// <summary>From when on at the earliest a drop may end the session that this operation proved; null: none may.</summary>
    public TimeSpan? Earliest(Operation success, TimeSpan before)
    {
        TimeSpan? earliest = null;
        foreach (var drop in Possible)
        {
            if (drop.From >= before) break;
            if (drop.By <= success.Sent || (drop.Cause == success && success.HandsOver) || (drop.Session is not null && drop.Session != success.SessionId)) continue;
            var at = (drop.From > success.Sent ? drop.From : success.Sent) + times.Grace;
            if (at < before && !(at >= earliest)) earliest = at;
        }

        return earliest;
    }

    /// <summary>From when on a session surely has ended by a drop, if nothing that came after this operation kept it; null where nothing says so.</summary>
    public TimeSpan? SurelyOver(Operation grant)
    {
        var settled = bounds.Settled(grant);
        // A device has one session of a license: what is proved later than an unanswered message is what that gave it, or what came after.
        var over = sure.Where(end => end.Dropped >= settled && (grant.SessionId is { } session ? session == end.Session : end.Proved >= settled)).Select(end => (TimeSpan?)end.Over);
        return over.FirstOrDefault();
    }

    private IEnumerable<Drop> FindPossible()
    {
        foreach (var stream in streams)
        {
            if (stream.Dropped is { } dropped)
            {
                if (!IsHarmless(stream, dropped)) yield return new Drop(dropped, times.SeenBy(dropped), stream.Session, stream.Opened);
            }
            else if (stream is { Gone: { } gone, LoggedOut: null } && !bounds.IsReplaced(gone - Unseen, gone))
            {
                yield return new Drop(gone - Unseen, gone, stream.Session, stream.Opened);
            }
        }

        foreach (var o in own)
        {
            // Perhaps it was opened, and dropped when its client gave it up.
            if (o.Ask == Ask.Stream && o.Told == Told.Nothing) yield return new Drop(o.Sent, times.SeenBy(o), o.Named, o);
            // A program that leaves closes its stream; what the other's said before counts then.
            if (Leaves(o) && HadStream(o)) yield return new Drop(o.Sent, times.SeenBy(o), o.Named, o);
        }
    }

    /// <summary>Whether by this a program may have left a session that goes on.</summary>
    public static bool Leaves(Operation o) => o.Ask == Ask.Release && (o.App is not null || o.HandsOver) && o.Told != Told.NothingHeld;

    private bool HadStream(Operation leave) =>
        streams.Any(stream => stream.Dropped is { } dropped && dropped > leave.Sent - bounds.Horizon && dropped < times.SeenBy(leave))
        || own.Any(o => o.Ask == Ask.Stream && o.Told == Told.Nothing && o.Sent > leave.Sent - bounds.Horizon && o.Sent < leave.Sent + bounds.Horizon);

    // The session goes on in any case.
    private bool IsHarmless(StreamRecord stream, TimeSpan dropped)
    {
        var by = times.SeenBy(dropped);
        return times.IsMass(stream)
            || bounds.IsTakenBack(dropped, by, dropped + times.Grace)
            || streams.Any(other => other != stream && other.Session == stream.Session && other.Opened.Answered < dropped && StreamTimes.End(other) > by)
            || (by < bounds.Known && IsOldAppLive(stream, dropped, by + Decided));
    }

    // A program that surely held no stream surely was live.
    private bool IsOldAppLive(StreamRecord stream, TimeSpan dropped, TimeSpan by)
    {
        for (var i = own.FirstNotBefore(dropped, o => o.Sent) - 1; i >= 0 && own[i].Sent > dropped - bounds.Horizon; i--)
        {
            var last = own[i];
            if (last.Told != Told.Holds || last.SessionId != stream.Session || last.Answered >= dropped) continue;
            if (last.Sent + bounds.ShortestTimeout(last.Sent, by) <= by + Decided || bounds.IsDisturbed(last.Sent, by)) continue;
            if (!own.Any(o => o.Ask == Ask.Release && o.Sent < by && bounds.Settled(o) > last.Sent) && !MayStream(last.App, last.Sent, by)) return true;
        }

        return false;
    }

    private bool MayStream(string? app, TimeSpan from, TimeSpan to) =>
        streams.Any(stream => stream.Opened.App == app && stream.Opened.Sent < to && (StreamTimes.End(stream) is var end && (end == TimeSpan.MaxValue || times.SeenBy(end) > from)))
        || own.Any(o => o.Ask == Ask.Stream && o.App == app && o.Told == Told.Nothing && o.Sent < to && times.SeenBy(o) > from);

    // The last stream; of every program that may be live the last word was before it dropped its own; and nothing came in between.
    private bool IsSure(StreamRecord stream, TimeSpan dropped)
    {
        var over = dropped + Lasts;
        if (times.MayBeMass(dropped) || bounds.IsDisturbed(dropped, over)) return false;
        if (streams.Any(other => other != stream && other.Opened.Sent < over && StreamTimes.End(other) > dropped)) return false;
        foreach (var o in own)
        {
            if (o.Sent >= over) continue;
            if (o.Ask == Ask.Stream && o.Told == Told.Nothing && bounds.Settled(o) > dropped - Unseen) return false;
            // Heard from two networks, a stream of one of them says nothing of the other.
            if (o.Sent <= dropped && o.Network != stream.Opened.Network && o.MayBeOf(stream.Session) && bounds.MayBeRecent(o, dropped, over)) return false;
            if (!(Leaves(o) || (o.MayGrant && o.Sent <= dropped)) || !o.MayBeOf(stream.Session) || !bounds.MayBeRecent(o, dropped, over)) continue;
            if (Leaves(o)) return false;
            if (!streams.Any(own => own.Session == stream.Session && own.Opened.App == o.App && own.Dropped >= bounds.Settled(o) && own.Dropped <= dropped)) return false;
        }

        return true;
    }
}
