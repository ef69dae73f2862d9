using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Where copies are refused, a device that surely was in two places is served in one. A proven session is nobody else's.</summary>
internal static class CopyChecks
{
    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        for (var device = 0; device < license.Layout.Devices.Count; device++)
        {
            var own = license.Of(device);
            var proves = license.Layout.Devices[device].Proves;
            if (proves || own.Select(o => o.Network).Distinct(StringComparer.Ordinal).Skip(1).Any())
                foreach (var o in own.Where(o => (o.Told == Told.Holds && o.IsBeat) || (proves && o.Told == Told.Released)))
                    if ((proves ? Unproven(license, own, o) : Copied(license, own, o)) is { } found) yield return found;
        }
    }

    // From home, from here, from home again within three intervals, and from here once more without a login.
    private static Violation? Copied(LicenseOperations license, IReadOnlyList<Operation> own, Operation o)
    {
        if (license.Copies.HomeOf(o.SessionId!, o) is not { } home || home == o.Network || !license.Copies.SurelyRefuses(o.Sent, o.Answered!.Value)) return null;
        Operation? back = null;
        Operation? away = null;
        for (var i = own.FirstNotBefore(o.Sent, before => before.Sent) - 1; i >= 0; i--)
        {
            var before = own[i];
            // What was refused changed nothing; whatever else there is makes it uncertain. A login settles what was seen before it.
            if (before.Told == Told.Conflict || !before.IsHeard) continue;
            if (before.SessionId != o.SessionId || before.Told != Told.Holds || (before.Ask == Ask.Login && away is null)) return null;
            // The one that came next after the last from elsewhere.
            if (away is null && before.Network == home && before.Answered < o.Sent) back = before;
            else if (back is null) continue;
            else if (away is null) away = before.Network == o.Network && before.Answered < back.Sent ? before : null;
            else if (before.Network == home && before.Answered < away.Sent)
            {
                if (license.Bounds.IsDisturbed(before.Sent, o.Answered!.Value)) return null;
                if (back.Answered - before.Sent < license.Copies.Within) return license.Breach(Breach.CopyServed, o, $"copies are refused, and it was seen in {home} and {o.Network}:\n    {before}\n    {away}\n    {back}");
                (back, away) = (before, null);
            }

            if (before.Ask == Ask.Login) return null;
        }

        return null;
    }

    private static Violation? Unproven(LicenseOperations license, IReadOnlyList<Operation> own, Operation o)
    {
        var session = o.SessionId ?? license.SurelyHeld(o.Device, o);
        // A session that began without a proof asks for none, whoever goes on with it.
        if (own.FirstOrDefault(login => login.NewToken is not null && login.Ask == Ask.Login && login.SessionId == session && login.Answered < o.Sent) is not { } proven) return null;
        // Nor of whoever was in it before.
        if (own.Any(before => !before.Proves && before.Token is null && before.SessionId == session && before.Sent < proven.Answered && before.Told == Told.Holds)) return null;
        if (o.Token is null) return license.Breach(Breach.TokenNotAsked, o, $"it sent no token, but the session is proven:\n    {proven}");
        return license.Tokens(o.Device).IsOld(o) ? license.Breach(Breach.OldTokenServed, o, "its token had been replaced twice, and the newer ones used.") : null;
    }
}
