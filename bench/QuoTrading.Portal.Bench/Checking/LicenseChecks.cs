using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>A bad license is refused, with its reason, before anything else is looked at; a good one never.</summary>
internal static class LicenseChecks
{
    // The server ends what is stale within a second by itself: what is older has no part in what a client clears.
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(1.5);

    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        foreach (var o in license.All)
        {
            if (o.Answered is not { } answered) continue;
            if (o.Ask is Ask.Login or Ask.Check || o.IsBeat)
            {
                if (o.Told == Told.LicenseBad && !license.Terms.Problems(o.Sent, answered).Contains(o.Problem))
                    yield return license.Breach(Breach.LicenseRefused, o, "the license was good, or bad for another reason.");
                else if (o.Told is not (Told.LicenseBad or Told.TooMany or Told.Fault) && license.Terms.IsSurelyBad(o.Sent, answered))
                    yield return license.Breach(Breach.BadLicenseServed, o, "the license was surely bad.");
            }

            if (o.Told != Told.Cleared || o.Count == 0) continue;
            var stale = Enumerable.Range(0, license.Layout.Devices.Count).Count(device => license.SurelyHeld(device, o) is null && license.MayHold(device, o, within: SweptWithin));
            if (o.Count > stale) yield return license.Breach(Breach.ClearedTooMany, o, $"only {stale} sessions could be stale and not yet ended.");
        }
    }
}
