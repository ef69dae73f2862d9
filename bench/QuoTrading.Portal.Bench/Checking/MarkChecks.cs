using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>A forced logout stands until a login; who is kept out stays out for his time and no longer.</summary>
internal static class MarkChecks
{
    private static readonly TimeSpan KeptOutFor = TimeSpan.FromMinutes(1);

    // Wall time decides how long somebody is kept out, and it need not run quite like ours.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        // The first logout of a session is the one that marks; the others find it ended.
        var byDevice = license.All.Where(o => o.Ask == Ask.LogOut).GroupBy(o => o.Named!, StringComparer.Ordinal)
            .Select(session => session.OrderBy(o => o.Sent).ToList()).ToLookup(session => session[0].Device);
        for (var device = 0; device < license.Layout.Devices.Count; device++)
        {
            var marks = byDevice[device].ToList();
            foreach (var o in license.Of(device).Where(o => o.Answered is not null))
                if (Judge(license, o, marks) is { } found) yield return found;
        }
    }

    private static Violation? Judge(LicenseOperations license, Operation o, List<List<Operation>> marks)
    {
        switch (o.Told)
        {
            case Told.ForcedOut when !o.IsBeat:
                return license.Breach(Breach.ForcedLogoutForNothing, o, "a login settles a forced logout.");
            case Told.ForcedOut when !marks.Exists(session => session.Exists(l => l.Sent < o.Answered && !Logins(license, o).Any(login => login.Told == Told.Holds && login.Answered < o.Sent && login.Sent >= license.Bounds.Settled(l)))):
                return license.Breach(Breach.ForcedLogoutForNothing, o, "nobody had logged it out, or it had logged in since.");
            case Told.KeptOut when !marks.Exists(session => session.Exists(l => l.KeepsOut && l.Sent < o.Answered && o.Sent < Until(license, l))):
                return license.Breach(Breach.KeptOutForNothing, o, "nobody had said so, or its time was over.");
        }

        if (o.Ask is not (Ask.Login or Ask.Check) && !o.IsBeat) return null;
        foreach (var session in marks)
        {
            if (session.Find(l => l.Told == Told.Ended && l.EndReason == "forced_logout" && l.Answered <= o.Sent) is not { } told) continue;
            if (session[0] == told && told.KeepsOut && o.Answered < told.Sent + KeptOutFor - Slack && o.Told is not (Told.KeptOut or Told.LicenseBad or Told.TooMany or Told.Fault))
            {
                // Not if it had been let in meanwhile: the mark is then of an older session, and the logout came late.
                if (!Logins(license, o).Any(login => license.Bounds.Settled(login) >= told.Sent))
                    return license.Breach(Breach.KeepOutIgnored, o, $"it is kept out:\n    {told}");
            }

            if (o.IsBeat && o.Told is not (Told.ForcedOut or Told.KeptOut or Told.LicenseBad or Told.TooMany or Told.Fault)
                && !Logins(license, o).Any(login => login != o && license.Bounds.Settled(login) >= session[0].Sent))
                return license.Breach(Breach.ForcedLogoutIgnored, o, $"it was logged out and has not logged in:\n    {told}");
        }

        return null;
    }

    private static TimeSpan Until(LicenseOperations license, Operation logOut)
    {
        var settled = license.Bounds.Settled(logOut);
        return settled == TimeSpan.MaxValue ? settled : settled + KeptOutFor + Slack;
    }

    // What may have let the device in again, before this was answered.
    private static IEnumerable<Operation> Logins(LicenseOperations license, Operation before) =>
        license.Of(before.Device).Where(o => o.Ask == Ask.Login && (o.Told is Told.Holds or Told.Nothing) && o != before && o.Sent < before.Answered);
}
