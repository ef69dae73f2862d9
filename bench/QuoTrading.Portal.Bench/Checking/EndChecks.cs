using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>What has ended stays ended; a session is one device's; a release ends its own session and nothing else.</summary>
internal static class EndChecks
{
    // The server ends what is stale within a second by itself, and until then it may still be released.
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(1.5);

    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        var owners = new Dictionary<string, Operation>(StringComparer.Ordinal);
        foreach (var o in license.All.Where(o => o.Answered is not null).OrderBy(o => o.Answered))
        {
            if (o.Told == Told.Released && o.Ask == Ask.Release && !license.MayHold(o.Device, o, o.Named, SweptWithin) && !license.Bounds.IsReplaced(o))
                yield return license.Breach(Breach.StrangeRelease, o, "neither it nor the session it named could hold anything.");
            if (o.Told != Told.Holds) continue;
            if (o.Named is not null && o.Named != o.SessionId) yield return license.Breach(Breach.EndedSessionRevived, o, "it named one session and was given another.");

            if (owners.TryGetValue(o.SessionId!, out var first))
            {
                if (first.Device != o.Device) yield return license.Breach(Breach.SharedSessionId, o, $"the session is device {first.Device}'s:\n    {first}");
                else if (Returns(license, o) is { } why) yield return license.Breach(Breach.EndedSessionRevived, o, why);
            }
            else owners[o.SessionId!] = o;
        }
    }

    private static string? Returns(LicenseOperations license, Operation o)
    {
        var isResume = o.Ask == Ask.Heartbeat && o.Named is null;
        if (!isResume) return license.MayHold(o.Device, o, o.SessionId) ? null : "the session was surely over before this was sent.";

        // A time-out may be resumed, but nothing else, and not past another holder of the only seat.
        if (license.EndedForGood(o.SessionId!) <= o.Sent) return "the session had been ended, and not by a time-out.";
        if (license.MayHold(o.Device, o, o.SessionId)) return null;
        var last = license.Of(o.Device).Where(before => before.Sent < o.Sent && before != o && before.MayGrant).Max(license.Bounds.Settled);
        if (license.Terms.MostSeats(last, o.Answered!.Value) > 1) return null;
        var other = license.All.FirstOrDefault(h => h.Told == Told.Holds && h.Device != o.Device && h.Sent > last && h.Answered < o.Sent
            && !license.Layout.Devices[h.Device].CouldShare(license.Layout.Devices[o.Device]));
        return other is null ? null : $"another device had held the seat since:\n    {other}";
    }
}
