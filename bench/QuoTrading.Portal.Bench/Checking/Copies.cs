using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Whether one device may look like two (docs/protocol.md, One device in two places), and what may become of it.</summary>
internal sealed class Copies
{
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(100);

    // A message that is answered late, or never, may have come after one that was sent so much later.
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(15);

    // Twice the expected heartbeats for five minutes are a sign, and here everybody beats more often than expected.
    private static readonly TimeSpan ManyBeats = TimeSpan.FromMinutes(4.5);

    private readonly LicenseOperations license;
    private readonly List<(TimeSpan From, TimeSpan Sure, TimeSpan Until, bool Refuse)> settings;
    private readonly TimeSpan?[] seenFrom;

    public Copies(LicenseOperations license, RunRecord record)
    {
        this.license = license;
        Within = 3 * record.Interval;
        settings = license.Layout.RefusesCopies is { } own ? [(TimeSpan.MinValue, TimeSpan.MinValue, TimeSpan.MaxValue, own)] : Read(record.Copies);
        seenFrom = [.. Enumerable.Range(0, license.Layout.Devices.Count).Select(FirstSeen)];
    }

    /// <summary>Whoever is back in a network within this time looks like two.</summary>
    public TimeSpan Within { get; }

    /// <summary>Whether this message may have been told a conflict because its device looks like two, or proves another installation.</summary>
    public bool MayRefuse(Operation message)
    {
        var settled = license.Bounds.Settled(message);
        if (!settings.Exists(phase => phase.Refuse && phase.From <= settled && phase.Until >= message.Sent)) return false;
        if (license.Layout.Devices[message.Device].Proves) return true;
        // A login settles what was seen before it.
        if (!message.IsBeat) return false;
        return seenFrom[message.Device] <= settled || license.Of(message.Device).Any(o => o.Told == Told.Holds && o.Sent < message.Sent - ManyBeats);
    }

    /// <summary>Whether copies surely were refused all the time.</summary>
    public bool SurelyRefuses(TimeSpan from, TimeSpan to) => settings.Exists(phase => phase.Refuse && phase.Sure <= from && phase.Until >= to)
        && !settings.Exists(phase => !phase.Refuse && phase.From <= to && phase.Until >= from);

    /// <summary>The network that a session surely began on, or was logged in from since; null where that is not certain.</summary>
    public string? HomeOf(string session, Operation by)
    {
        var own = license.Of(by.Device);
        string? home = null;
        for (var i = own.FirstNotBefore(license.Bounds.Settled(by), o => o.Sent) - 1; i >= 0 && own[i].Sent > by.Sent - license.Bounds.Horizon; i--)
        {
            var o = own[i];
            if (o.Ask != Ask.Login || o == by || !(o.Told is Told.Holds or Told.Nothing)) continue;
            if (home is not null && home != o.Network) return null;
            home = o.Network;
            if (o.Told == Told.Holds && o.Answered < by.Sent) return o.SessionId == session ? home : null;
        }

        return null;
    }

    /// <summary>Whether this message surely came from the network that its session began on, or was logged in from since: nobody is refused there.</summary>
    public bool IsAtHome(Operation message) => !license.Layout.Devices[message.Device].Proves && license.SurelyHeld(message.Device, message) is { } held && HomeOf(held, message) == message.Network;

    // From when on the device may have been heard from one network, another one, and the first again, or with streams from two.
    private TimeSpan? FirstSeen(int device)
    {
        var own = license.Of(device).Where(o => o.IsHeard).ToList();
        if (own.Select(o => o.Network).Distinct(StringComparer.Ordinal).Take(2).Count() < 2) return null;
        TimeSpan? first = null;
        for (var i = 0; i < own.Count && !(own[i].Sent > first); i++)
        {
            var (one, settled) = (own[i], license.Bounds.Settled(own[i]));
            for (var j = own.FirstNotBefore(one.Sent - Latest, o => o.Sent); j < own.Count && MayFollow(own[j], settled); j++)
            {
                if (own[j].Network == one.Network || license.Bounds.Settled(own[j]) < one.Sent) continue;
                for (var k = own.FirstNotBefore(own[j].Sent - Latest, o => o.Sent); k < own.Count && MayFollow(own[k], settled); k++)
                {
                    if (own[k] == one || own[k].Network != one.Network || license.Bounds.Settled(own[k]) < own[j].Sent) continue;
                    var at = own[k].Sent > own[j].Sent ? own[k].Sent : own[j].Sent;
                    if (!(at >= first)) first = at;
                    break;
                }
            }
        }

        var streams = license.Streams.Where(stream => stream.Opened.Device == device).ToList();
        foreach (var one in streams)
            foreach (var other in streams.Where(other => other.Opened.Sent >= one.Opened.Sent && other.Opened.Network != one.Opened.Network))
                if ((StreamTimes.End(one) == TimeSpan.MaxValue || license.Bounds.Stretch(StreamTimes.End(one), StreamTimes.Seen) > other.Opened.Sent) && !(other.Opened.Sent >= first)) first = other.Opened.Sent;
        return first;

        // The server counts service time, which stands while it is suspended or down.
        bool MayFollow(Operation o, TimeSpan settled) => settled == TimeSpan.MaxValue || o.Sent <= license.Bounds.Stretch(settled, Within + Rounding);
    }

    private static List<(TimeSpan From, TimeSpan Sure, TimeSpan Until, bool Refuse)> Read(IReadOnlyList<CopiesChange> changes)
    {
        List<(TimeSpan, TimeSpan, TimeSpan, bool)> read = [];
        List<CopiesChange> all = [new(TimeSpan.MinValue, TimeSpan.MinValue, Refuse: false), .. changes];
        for (var i = 0; i < all.Count; i++)
        {
            var over = all.Skip(i + 1).FirstOrDefault(change => change.Answered is not null)?.Answered ?? TimeSpan.MaxValue;
            read.Add((all[i].Sent, all[i].Answered ?? TimeSpan.MaxValue, over, all[i].Refuse));
        }

        return read;
    }
}
