using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Who is told to slow down, or that it is enough for today (docs/protocol.md, Too many requests).</summary>
internal static class LimitChecks
{
    // A holder's own allowance: in so long it is full again.
    private const int Burst = 30;
    private static readonly TimeSpan FullAgain = TimeSpan.FromSeconds(15);

    public static IEnumerable<Violation> Check(LicenseOperations license, int newDevicesPerSeat)
    {
        foreach (var o in license.All.Where(o => o.Told == Told.TooMany))
            if (Judge(license, o) is { } found) yield return found;
        foreach (var violation in Crowds(license, newDevicesPerSeat)) yield return violation;
    }

    private static Violation? Judge(LicenseOperations license, Operation o)
    {
        var holds = license.SurelyHeld(o.Device, o) is { } held && (o.Named is null || o.Named == held);
        if (o.Ask == Ask.Release && holds) return license.Breach(Breach.ReleaseRefused, o, "a holder may leave at any time.");
        if (holds && Count(license.Of(o.Device), license, o) < Burst) return license.Breach(Breach.HolderThrottled, o, $"it surely held, and had asked only {Count(license.Of(o.Device), license, o)} times.");
        // Whoever holds nothing shares what is left of others; nobody asked for the license so often that it could be nothing.
        return Count(license.All, license, o) < Burst ? license.Breach(Breach.ThrottledForNothing, o, "the license was asked for so seldom.") : null;
    }

    private static int Count(IReadOnlyList<Operation> asked, LicenseOperations license, Operation until)
    {
        var from = license.Bounds.IsDisturbed(until.Sent - FullAgain, until.Answered!.Value) ? until.Sent - (4 * FullAgain) : until.Sent - FullAgain;
        var count = 0;
        for (var i = asked.FirstNotBefore(from - FullAgain, o => o.Sent); i < asked.Count && asked[i].Sent <= until.Answered; i++)
            if (asked[i].Ask != Ask.LogOut && license.Bounds.Settled(asked[i]) >= from) count++;
        return count;
    }

    // Of the life of one process: a restart begins a day.
    private static IEnumerable<Violation> Crowds(LicenseOperations license, int perSeat)
    {
        var begun = new List<Operation>();
        for (var device = 0; device < license.Layout.Devices.Count; device++)
        {
            var first = license.Of(device).FirstOrDefault(o => o.MayGrant);
            if (first is { Told: Told.Holds } && !license.Bounds.IsReplaced(first)) begun.Add(first);
        }

        begun.Sort((one, other) => one.Answered!.Value.CompareTo(other.Answered!.Value));
        for (var i = 0; i < begun.Count; i++)
        {
            var to = begun[i].Answered!.Value;
            var together = begun.Take(i + 1).Where(o => !license.Bounds.IsReplaced(o.Sent, to)).ToList();
            if (together.Count <= perSeat) continue;
            var most = perSeat * license.Terms.MostSeats(together.Min(o => o.Sent), to);
            if (together.Count <= most) continue;
            yield return license.Breach(Breach.TooManyNewDevices, begun[i], $"{together.Count} new devices since the server started, and {most} are allowed:\n    {string.Join("\n    ", together)}");
            yield break;
        }

        foreach (var o in license.All.Where(o => o.Told == Told.TooManyToday))
        {
            var known = license.Of(o.Device).FirstOrDefault(before => before.Told == Told.Holds && before.Answered < o.Sent);
            if (known is not null) yield return license.Breach(Breach.ThrottledForNothing, o, $"it is no new device:\n    {known}");
            else if (license.Others(o).Count(device => license.Of(device).Any(before => before.MayGrant && before.Sent < o.Answered)) < perSeat * license.Terms.FewestSeats(o.Sent, o.Answered!.Value))
                yield return license.Breach(Breach.ThrottledForNothing, o, "the license had not so many new devices.");
        }
    }
}
