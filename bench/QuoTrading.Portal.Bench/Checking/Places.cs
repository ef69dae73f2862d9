using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Where the devices of one license may have been heard from last, and what follows for those that share a seat (docs/protocol.md, Symbol sessions).</summary>
internal sealed class Places(LicenseOperations license)
{
    // A heartbeat that only refreshes may be a second older after a kill, and with it the place it came from.
    private static readonly TimeSpan Written = TimeSpan.FromSeconds(3);

    private readonly LicenseLayout layout = license.Layout;
    private readonly Dictionary<Operation, bool> mayPart = [];

    /// <summary>Every network that the device may have been heard from last at a time within.</summary>
    public IReadOnlySet<string> Of(int device, TimeSpan from, TimeSpan to)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var own = license.Of(device);
        TimeSpan? since = null;
        for (var i = own.FirstNotBefore(to + TimeSpan.FromTicks(1), o => o.Sent) - 1; i >= 0 && own[i].Sent > from - license.Bounds.Horizon; i--)
        {
            var o = own[i];
            if (!o.IsHeard || (since is { } last && license.Bounds.Settled(o) < last)) continue;
            found.Add(o.Network);
            // What was served before then was heard, and nothing that was over by its beginning counts any more.
            if (since is null && o.Told is Told.Holds && o.Answered < from && !license.Bounds.IsReplaced(o.Sent, o.Answered!.Value + Written)) since = o.Sent;
        }

        return found;
    }

    /// <summary>
    /// Whether by this message its device may have been found apart from those it shares a seat with: heard from another network than
    /// the one who leads for a whole timeout. Not where all that could lead surely were where it was, less than that before.
    /// </summary>
    public bool MayPart(Operation message)
    {
        if (layout.Devices[message.Device].Symbol is null || !(message.IsHeard || message.Ask == Ask.Check)) return false;
        if (mayPart.TryGetValue(message, out var known)) return known;
        return mayPart[message] = Judge(message);
    }

    /// <summary>Whether the seat of another may have been where this was sent from: one who may lead it was there.</summary>
    public bool MayMeet(Operation message) => Enumerable.Range(0, layout.Devices.Count).Any(device => device != message.Device
        && layout.Devices[device].Symbol is not null && license.MayHold(device, message)
        && Of(device, message.Sent, license.Bounds.Settled(message)).Contains(message.Network));

    private bool Judge(Operation message)
    {
        var own = license.Of(message.Device);
        var settled = license.Bounds.Settled(message);
        if (settled == TimeSpan.MaxValue) return true;
        var since = settled - license.Bounds.ShortestTimeout(message.Sent - license.Bounds.Horizon, settled);
        for (var i = own.FirstNotBefore(message.Sent + TimeSpan.FromTicks(1), o => o.Sent) - 1; i >= 0 && own[i].Sent > since; i--)
            if ((own[i] == message || (own[i].IsHeard && own[i].Told is Told.Holds)) && IsWithAll(own[i])) return false;
        return true;
    }

    private bool IsWithAll(Operation message)
    {
        var device = layout.Devices[message.Device];
        for (var other = 0; other < layout.Devices.Count; other++)
        {
            if (other == message.Device || !device.CouldShare(layout.Devices[other]) || !license.MayHold(other, message)) continue;
            if (Of(other, message.Sent, license.Bounds.Settled(message)).Any(network => network != message.Network)) return false;
        }

        return true;
    }
}
