using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Who may join a seat, and who may stay on it. Claimed of licenses with one seat: there it is certain who shares one.</summary>
internal static class PlaceChecks
{
    // Within a timeout and so much more two were surely apart for a whole one.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.3);

    // Where the server was disturbed in between, a timeout of its clock takes longer.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        var sharing = Enumerable.Range(0, license.Layout.Devices.Count).Where(device => license.Layout.Devices[device].Symbol is not null).ToList();
        if (sharing.Count == 0) return [];
        return sharing.SelectMany(device => license.Of(device)).Where(o => o.Told == Told.Holds && o.SessionId is not null)
            .SelectMany(o => (IEnumerable<Violation?>)[Joined(license, o), Stayed(license, o, sharing)]).OfType<Violation>();
    }

    private static Violation? Joined(LicenseOperations license, Operation o)
    {
        if (license.Terms.MostSeats(o.Sent, o.Answered!.Value) > 1 || license.MayHold(o.Device, o)) return null;
        var seatSharers = license.Others(o).Where(device => license.SurelyHeld(device, o) is not null).ToList();
        // Two that could never share are another matter.
        if (seatSharers.Count == 0 || license.SeatsFor(seatSharers.Append(o.Device)) > 1) return null;
        var why = o.App is not null ? $"it names its program ({o.App})" : !license.Places.MayMeet(o) ? "nobody who could lead the seat was in its network" : null;
        return why is null ? null : license.Breach(Breach.JoinedWrongly, o, $"it joined {string.Join(", ", seatSharers)}, though {why}.");
    }

    // Two that share the only seat, heard from two networks for a whole timeout: one of them leads, and the other one must have gone.
    private static Violation? Stayed(LicenseOperations license, Operation last, List<int> sharing)
    {
        foreach (var other in sharing)
        {
            if (other == last.Device || !license.Layout.Devices[last.Device].CouldShare(license.Layout.Devices[other])) continue;
            var theirs = license.Of(other);
            var at = theirs.FirstNotBefore(last.Sent, o => o.Sent) - 1;
            while (at >= 0 && !(theirs[at].Told == Told.Holds && theirs[at].Answered < last.Sent)) at--;
            if (at < 0 || theirs[at].SessionId != license.SurelyHeld(other, last)) continue;
            if (Begins(license, last) is not { } from || Begins(license, theirs[at]) is not { } theirFrom) continue;

            var (begun, over) = (from < theirFrom ? from : theirFrom, last.Answered!.Value);
            if (license.Terms.MostSeats(begun, over) > 1 || license.Bounds.IsReplaced(begun, over)) continue;
            if (license.Places.Of(last.Device, begun, over).Intersect(license.Places.Of(other, begun, over), StringComparer.Ordinal).Any()) continue;
            var then = new Operation { License = license.Number, Device = last.Device, Ask = Ask.Check, Sent = begun, Answered = over };
            if (sharing.Exists(third => third != last.Device && third != other && license.MayHold(third, then))) continue;
            return license.Breach(Breach.StayedApart, last, $"since {begun.TotalSeconds:F3} it and device {other} were in two networks, and both are served:\n    {theirs[at]}");
        }

        return null;
    }

    // The message of its device from which on this one is a whole timeout away, all of one session that never could end in between.
    private static TimeSpan? Begins(LicenseOperations license, Operation last)
    {
        var own = license.Of(last.Device);
        var next = last;
        var timeout = license.Bounds.LongestTimeout(last.Sent - license.Bounds.Horizon, last.Answered!.Value);
        for (var i = own.FirstNotBefore(last.Sent, o => o.Sent) - 1; i >= 0; i--)
        {
            var o = own[i];
            if (o.Told != Told.Holds || !o.IsHeard || o.Answered > next.Sent) continue;
            if (o.SessionId != last.SessionId || next.Sent - o.Sent >= license.Bounds.ShortestTimeout(o.Sent, next.Answered!.Value)) return null;
            if (license.Bounds.Undisturbed(o.Answered!.Value, last.Sent) > timeout + Margin) return o.Sent;
            if (last.Sent - o.Sent > Longest) return null;
            next = o;
        }

        return null;
    }
}
