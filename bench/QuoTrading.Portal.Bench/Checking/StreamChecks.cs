using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>A stream opens no session, and says that a session has ended when it has, and only then.</summary>
internal static class StreamChecks
{
    // From the end of a session until its streams say so, and until a client has read it.
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(2);

    public static IEnumerable<Violation> Check(LicenseOperations license)
    {
        foreach (var o in license.All.Where(o => o.Ask == Ask.Stream && o.Told == Told.Holds))
            if (!license.MayHold(o.Device, o, o.SessionId)) yield return license.Breach(Breach.StreamBeganSession, o, "the device could hold no session that the stream could be of.");

        foreach (var stream in license.Streams)
        {
            foreach (var (from, to) in stream.Silences)
                if (!license.Bounds.IsDisturbed(from, to) && !(stream.Dropped < to))
                    yield return license.Breach(Breach.StreamSilent, stream.Opened, $"nothing came of it from {from.TotalSeconds:F3} to {to.TotalSeconds:F3}.");
            if (stream.LoggedOut is not { } told) continue;
            var then = new Operation { License = license.Number, Device = stream.Opened.Device, Ask = Ask.Check, Sent = told.At - ToldWithin, Answered = told.At };
            if (license.SurelyHeld(stream.Opened.Device, then) == stream.Session)
                yield return license.Breach(Breach.WrongWord, stream.Opened, $"told at {told.At.TotalSeconds:F3} that its session has ended ({told.Reason}), but it surely lived:\n    {stream}");
        }
    }

    /// <summary>What a stream must have been told, by the row of its session.</summary>
    public static string? Judge(LicenseOperations license, StreamRecord stream, HistoryRow row, TimeSpan? endedAt)
    {
        // One that was resumed has ended before, for another reason.
        if (stream.LoggedOut is { } told) return row.Interruptions > 0 || row.EndReason == told.Reason ? null : $"its stream was told another reason:\n    {stream}";
        if (endedAt is not { } at || license.Bounds.Known < at + ToldWithin + ToldWithin || license.Bounds.IsDisturbed(at - ToldWithin, at + ToldWithin)) return null;
        var wasOpen = stream.Opened.Answered < at - TimeSpan.FromSeconds(0.5) && !(stream.Dropped < at + ToldWithin) && !(stream.Gone < at - TimeSpan.FromSeconds(0.5));
        // A program that leaves its session is told nothing of those that stay.
        var hadLeft = license.Of(stream.Opened.Device).Any(o => o.Ask == Ask.Release && o.App == stream.Opened.App
            && license.Bounds.Settled(o) > stream.Opened.Sent && o.Sent < at + ToldWithin && (o.HandsOver || !license.SurelyEnds(o)));
        return wasOpen && !hadLeft ? $"its stream was not told:\n    {stream}" : null;
    }
}
