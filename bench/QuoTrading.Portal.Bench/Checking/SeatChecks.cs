using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Never more devices than seats; never a conflict for a holder, nor where nobody holds.</summary>
internal static class SeatChecks
{
    // So long after a disturbance clients may still be asked to come back: what had waited is served first.
    private static readonly TimeSpan CatchesUp = TimeSpan.FromSeconds(5);

    public static IEnumerable<Violation> Check(LicenseOperations license) =>
        TooManyHolders(license).Concat(license.All.SelectMany(o => Judge(license, o)));

    private static IEnumerable<Violation> TooManyHolders(LicenseOperations license)
    {
        var holding = new List<(Operation Success, TimeSpan To)>();
        var windows = license.All.Where(o => o.ProvesLife).Select(o => (Success: o, Window: license.Surely(o)))
            .Where(w => w.Window.To > w.Window.From).OrderBy(w => w.Window.From);
        foreach (var (success, window) in windows)
        {
            holding.RemoveAll(h => h.To <= window.From);
            holding.Add((success, window.To));
            var devices = holding.Select(h => h.Success.Device).Distinct().ToList();
            var seats = license.Terms.MostSeats(window.From, window.From);
            if (license.SeatsFor(devices) <= seats) continue;
            var others = string.Join("\n    ", holding.Where(h => h.Success.Device != success.Device).Select(h => $"{h.Success}, surely until {h.To.TotalSeconds:F3}"));
            yield return license.Breach(license.Layout.SeatsFor(devices, devices.Count) <= seats ? Breach.TooManyOnSeat : Breach.TwoHolders, success, $"it got in while others surely held:\n    {others}");
            holding.RemoveAll(h => h.Success.Device != success.Device);
        }
    }

    private static IEnumerable<Violation> Judge(LicenseOperations license, Operation o)
    {
        if (o.Told == Told.Fault && !(o.Text is { } text && text.StartsWith("503", StringComparison.Ordinal) && license.Bounds.IsDisturbed(o.Sent - CatchesUp, o.Answered!.Value)))
            yield return license.Breach(Breach.Fault, o, "an answer that no rule gives.");
        if (o.Answered is null || o.Ask == Ask.LogOut) yield break;

        if (Refuses(license, o) && license.SurelyHeld(o.Device, o) is { } held && (o.Named is null || o.Named == held) && !license.Bounds.IsReplaced(o))
            yield return license.Breach(Breach.HolderRefused, o, $"it surely held {held[^6..]}.");
        if (o.Told == Told.Holds && license.SurelyHeld(o.Device, o) is { } session && session != o.SessionId)
            yield return license.Breach(Breach.HolderRefused, o, $"it surely held {session[^6..]}, and was given another session.");

        if (o.Timeout is { } timeout && !license.Bounds.MayBeTimeout(timeout, o.Sent, o.Answered.Value))
            yield return license.Breach(Breach.WrongTimeoutTold, o, $"told {timeout.TotalSeconds} s.");

        if (o.Told == Told.Conflict && !license.Copies.MayRefuse(o))
        {
            var others = license.Others(o).Where(device => license.MayHold(device, o)).ToList();
            if (others.Count < license.Terms.FewestSeats(o.Sent, o.Answered.Value) || SurelyJoins(license, o, others))
                yield return license.Breach(Breach.KeptFromFreeSeat, o, $"a conflict, though only {others.Count} others could hold that it cannot join ({string.Join(", ", others)}).");
            else if (o.ActiveDevice is { } named && !others.Exists(device => license.Layout.Devices[device].Fingerprint.StartsWith(named.TrimEnd('.'), StringComparison.Ordinal)))
                yield return license.Breach(Breach.WrongHolderNamed, o, $"{named} could not hold it.");
        }

        if (o.Told == Told.WouldHold)
        {
            var sure = license.Others(o).Where(device => license.SurelyHeld(device, o) is not null).ToList();
            // A launcher names no symbol; the bots that it will start do, so their network is promised their seat.
            if (license.SeatsFor(sure.Append(o.Device)) > license.Terms.MostSeats(o.Sent, o.Answered.Value) && !license.MayHold(o.Device, o) && !license.Places.MayMeet(o))
                yield return license.Breach(Breach.CheckPromisedTakenSeat, o, $"surely held by {string.Join(", ", sure)}.");
        }
    }

    // Whoever of the others leads the seat is where this was sent from and names no program, and there is room beside all of them.
    private static bool SurelyJoins(LicenseOperations license, Operation o, List<int> others)
    {
        var own = license.Layout.Devices[o.Device];
        return o.App is null && license.IsRoomBeside(others.Count) && others.TrueForAll(device => own.CouldShare(license.Layout.Devices[device])
            && !license.Of(device).Any(said => (said.App is not null || said.HandsOver) && said.Sent < o.Answered && MayBeNamed(license, device, said, o))
            && license.Places.Of(device, o.Sent, o.Answered!.Value).All(network => network == o.Network));
    }

    // A program leaves its session by silence only when a message of the device finds it silent, so it may be in it for longer than a timeout.
    private static bool MayBeNamed(LicenseOperations license, int device, Operation said, Operation o) =>
        license.Bounds.MayBeRecent(said, o.Sent, o.Answered!.Value) || !license.Of(device).Any(later => later.ProvesLife && later.Sent > said.Sent
            && later.Answered < o.Sent && !license.Bounds.MayBeRecent(said, later.Sent, later.Answered!.Value));

    private static bool Refuses(LicenseOperations license, Operation o) => o.Told switch
    {
        Told.Conflict => (!license.Copies.MayRefuse(o) || license.Copies.IsAtHome(o)) && !license.Places.MayPart(o),
        // To whoever does not prove the installation that the session is of.
        Told.LoginRequired => !license.Layout.Devices[o.Device].Proves || license.Tokens(o.Device).IsRight(o),
        Told.NothingHeld => !license.Layout.Devices[o.Device].Proves || license.Tokens(o.Device).IsRight(o),
        Told.ForcedOut or Told.KeptOut or Told.SessionOver => true,
        _ => false,
    };
}
