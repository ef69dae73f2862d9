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
            if (license.Layout.SeatsFor(holding.Select(h => h.Success.Device).Distinct()) <= license.Terms.MostSeats(window.From, window.From)) continue;
            var others = string.Join("\n    ", holding.Where(h => h.Success.Device != success.Device).Select(h => $"{h.Success}, surely until {h.To.TotalSeconds:F3}"));
            yield return license.Breach(Breach.TwoHolders, success, $"it got in while others surely held:\n    {others}");
            holding.RemoveAll(h => h.Success.Device != success.Device);
        }
    }

    private static IEnumerable<Violation> Judge(LicenseOperations license, Operation o)
    {
        if (o.Told == Told.Fault && !(o.Text is { } text && text.StartsWith("503", StringComparison.Ordinal) && license.Bounds.IsDisturbed(o.Sent - CatchesUp, o.Answered!.Value)))
            yield return license.Breach(Breach.Fault, o, "an answer that no rule gives.");
        if (o.Answered is null || o.Ask == Ask.LogOut) yield break;

        if (Refuses(o) && license.SurelyHeld(o.Device, o) is { } held && (o.Named is null || o.Named == held) && !license.Bounds.IsReplaced(o))
            yield return license.Breach(Breach.HolderRefused, o, $"it surely held {held[^6..]}.");
        if (o.Told == Told.Holds && license.SurelyHeld(o.Device, o) is { } session && session != o.SessionId)
            yield return license.Breach(Breach.HolderRefused, o, $"it surely held {session[^6..]}, and was given another session.");

        if (o.Timeout is { } timeout && !license.Bounds.MayBeTimeout(timeout, o.Sent, o.Answered.Value))
            yield return license.Breach(Breach.WrongTimeoutTold, o, $"told {timeout.TotalSeconds} s.");

        if (o.Told == Told.Conflict)
        {
            var own = license.Layout.Devices[o.Device];
            var others = Others(license, o).Where(device => license.MayHold(device, o)).ToList();
            if (others.Count < license.Terms.FewestSeats(o.Sent, o.Answered.Value) || others.TrueForAll(device => own.CanShare(license.Layout.Devices[device])))
                yield return license.Breach(Breach.KeptFromFreeSeat, o, $"a conflict, though only {others.Count} others could hold that it cannot join ({string.Join(", ", others)}).");
            else if (o.ActiveDevice is { } named && !others.Exists(device => license.Layout.Devices[device].Fingerprint.StartsWith(named.TrimEnd('.'), StringComparison.Ordinal)))
                yield return license.Breach(Breach.WrongHolderNamed, o, $"{named} could not hold it.");
        }

        if (o.Told == Told.WouldHold)
        {
            var own = license.Layout.Devices[o.Device];
            var sure = Others(license, o).Where(device => license.SurelyHeld(device, o) is not null).ToList();
            // A launcher names no symbol; the bots that it will start do, so their computer is promised their seat.
            if (license.Layout.SeatsFor(sure.Append(o.Device)) > license.Terms.MostSeats(o.Sent, o.Answered.Value) && !license.MayHold(o.Device, o)
                && !sure.Exists(device => license.Layout.Devices[device].Symbol is not null && license.Layout.Devices[device].Address == own.Address))
                yield return license.Breach(Breach.CheckPromisedTakenSeat, o, $"surely held by {string.Join(", ", sure)}.");
        }
    }

    private static bool Refuses(Operation o) => o.Told is Told.Conflict or Told.ForcedOut or Told.KeptOut or Told.SessionOver or Told.NothingHeld;

    private static IEnumerable<int> Others(LicenseOperations license, Operation o) => Enumerable.Range(0, license.Layout.Devices.Count).Where(device => device != o.Device);
}
