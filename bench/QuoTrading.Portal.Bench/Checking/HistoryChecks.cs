using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>
/// The stored history says what the clients were told: who held, from when to when, why it ended; and never that more devices
/// held a license than it had seats.
/// </summary>
/// <param name="rows">By their start.</param>
internal sealed class HistoryChecks(LicenseOperations license, IReadOnlyList<HistoryRow> rows, DateTime startedAt)
{
    // The wall clock and ours need not run quite alike.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.3);

    // Rule 4 of docs/protocol.md: the server ends what is stale within a second by itself. A busy machine may be slower.
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(2.5);

    private readonly Dictionary<string, HistoryRow> byId = rows.ToDictionary(row => row.SessionId, StringComparer.Ordinal);
    private readonly ILookup<string, Operation> granted = license.All.Where(o => o.ProvesLife).ToLookup(o => o.SessionId!, StringComparer.Ordinal);

    public IEnumerable<Violation> Check() => license.All.Where(o => o.Answered is not null)
        .Select(o => Differs(o) is { } what ? license.Breach(Breach.HistoryDiffers, o, what) : null).OfType<Violation>()
        .Concat(rows.Select(row => Judge(row) is { } what ? Row(row, what) : null).OfType<Violation>())
        .Concat(Overlaps())
        .Concat(Survivors())
        .Concat(Streams());

    private Violation Row(HistoryRow row, string what) => new(Breach.HistoryDiffers, license.Number, At(row.EndedAt ?? row.StartedAt), $"{what}\n    {row}");

    private TimeSpan At(DateTime wall) => wall - startedAt;

    private string? Differs(Operation o)
    {
        if (o.ProvesLife)
        {
            if (!byId.TryGetValue(o.SessionId!, out var row)) return "the session has no row.";
            return row.Device == license.Layout.Devices[o.Device].Fingerprint ? null : $"the row is another's: {row}";
        }

        var end = o.Told switch
        {
            Told.Released when o.Named is not null && license.SurelyEnds(o) => "released",
            Told.Ended when o.EndReason != "timed_out" => o.EndReason,
            _ => null,
        };
        if (end is null) return null;
        if (!byId.TryGetValue(o.Named!, out var ended)) return "the ended session has no row.";
        return ended.EndReason == end && ended.EndedAt is not null ? null : $"its row says: {ended}";
    }

    private string? Judge(HistoryRow row)
    {
        if (row.IsLive != (row.EndedAt is null)) return $"it is {(row.IsLive ? "live" : "not live")}.";
        if (Interruptions(row) is { } wrong) return wrong;
        if (license.EndedByLicense.TryGetValue(row.SessionId, out var end) && end.By <= license.Bounds.Known)
        {
            if (row.EndReason is null || !end.Reasons.Contains(row.EndReason)) return $"by {end.By.TotalSeconds:F3} it must have ended: {string.Join(" or ", end.Reasons)}.";
            if (At(row.EndedAt!.Value) > end.By + Slack) return $"it must have ended by {end.By.TotalSeconds:F3}, but did at {At(row.EndedAt.Value).TotalSeconds:F3}.";
        }

        if (row.EndedAt is not { } endedAt) return null;
        var at = At(endedAt);
        return row.EndReason switch
        {
            "timed_out" => TimedOut(row, at),
            "connection_lost" => TimedOut(row, at) ?? (IsExplained(row, at) ? null : $"no stream of it had dropped by {(at - license.Grace).TotalSeconds:F3}."),
            "released" or "forced_logout" => Asked(row, at) ? null : $"nobody asked for that by {at.TotalSeconds:F3}.",
            "moved_apart" => MovedApart(row, at) ? null : "nobody could have found it apart then.",
            _ => license.Terms.Ends.Any(possible => possible.Reason == row.EndReason && possible.From - Slack <= at && possible.To + Slack >= at)
                ? null
                : $"nothing about the license was so at {at.TotalSeconds:F3}.",
        };
    }

    private string? TimedOut(HistoryRow row, TimeSpan at)
    {
        if (granted[row.SessionId].MaxBy(o => o.Sent) is not { } last) return null;
        if (license.Surely(last).To is var sure && at + Slack < sure) return $"it surely lived until {sure.TotalSeconds:F3}, but ended at {at.TotalSeconds:F3}:\n    {last}";
        // A request that got no answer may have refreshed it.
        var over = license.Of(last.Device).Where(o => o.MayGrant && o.Sent >= last.Sent).Max(o => license.StaleBy(o));
        if (over == TimeSpan.MaxValue || license.Bounds.Stretch(over, SweptWithin) + Slack >= at) return null;
        return $"it was stale by {over.TotalSeconds:F3}, but ended only at {at.TotalSeconds:F3}:\n    {last}";
    }

    private bool IsExplained(HistoryRow row, TimeSpan at) => granted[row.SessionId].FirstOrDefault() is not { } own
        || license.DropsOf(own.Device).Possible.Any(drop => (drop.Session is null || drop.Session == row.SessionId) && drop.From + license.Grace <= at + Slack);

    private IEnumerable<Violation> Streams()
    {
        foreach (var stream in license.Streams)
            if (byId.TryGetValue(stream.Session, out var row) && StreamChecks.Judge(license, stream, row, row.EndedAt is { } end ? At(end) : null) is { } what) yield return Row(row, what);
    }

    private bool Asked(HistoryRow row, TimeSpan at) => license.All.Any(o =>
        o.Sent <= at + Slack && (license.Bounds.Settled(o) is var settled && (settled == TimeSpan.MaxValue || settled + Slack >= at))
        && (row.EndReason == "released"
            ? o.Ask == Ask.Release && license.MayEnd(o) && license.Layout.Devices[o.Device].Fingerprint == row.Device && (o.Named is null || o.Named == row.SessionId) && o.Told is Told.Released or Told.Nothing or Told.Fault
            : o.Ask == Ask.LogOut && o.Named == row.SessionId));

    // Only a message of its own can end it so, and it is told, if it is told anything.
    private bool MovedApart(HistoryRow row, TimeSpan at) => granted[row.SessionId].FirstOrDefault() is not { } own || license.Of(own.Device).Any(o =>
        o.Sent <= at + Slack && license.Bounds.Settled(o) + Slack >= at && o.Told is Told.Conflict or Told.Nothing or Told.Fault && license.Places.MayPart(o));

    // What came back after it surely was stale has been interrupted; what surely was live has not.
    private string? Interruptions(HistoryRow row)
    {
        var (least, most) = (0, 0);
        var own = granted[row.SessionId].OrderBy(o => o.Sent).ToList();
        if (own.Count == 0) return null;
        foreach (var o in license.Of(own[0].Device).Where(o => o.Ask == Ask.Heartbeat && o.Named is null && o.MayGrant && o.Sent > own[0].Sent))
        {
            if (o.SessionId is not null && o.SessionId != row.SessionId) continue;
            if (o.Told == Told.Holds && !license.MayHold(o.Device, o, row.SessionId)) least++;
            if (license.SurelyHeld(o.Device, o) is null) most++;
        }

        return row.Interruptions >= least && row.Interruptions <= most ? null : $"it was interrupted {least} to {most} times.";
    }

    private IEnumerable<Violation> Overlaps()
    {
        var devices = license.Layout.Devices.Select((device, i) => (device.Fingerprint, i)).ToDictionary(pair => pair.Fingerprint, pair => pair.i, StringComparer.Ordinal);
        var holding = new List<HistoryRow>();
        foreach (var row in rows)
        {
            holding.RemoveAll(h => h.EndedAt <= row.StartedAt);
            holding.Add(row);
            // While it was interrupted its seat may have been another's, where there was another seat.
            var counted = holding.Where(h => h == row || h.Interruptions == 0 || !SeatsChanged(h));
            var seats = license.Terms.MostSeats(At(row.StartedAt) - Slack, At(row.StartedAt) + Slack);
            // And another may have had its room on a seat that it shares.
            var surely = counted.Where(h => h == row || h.Interruptions == 0);
            if (license.Layout.SeatsFor(counted.Select(h => devices[h.Device]).Distinct(), perSeat: int.MaxValue / 2) <= seats && license.SeatsFor(surely.Select(h => devices[h.Device]).Distinct()) <= seats) continue;
            yield return Row(row, $"more devices than {seats} seats at once:\n    {string.Join("\n    ", holding)}");
            holding.RemoveAll(h => h != row);
        }
    }

    // Rule 5 of docs/protocol.md: fewer seats end the newest. Of shared seats nothing is claimed.
    private IEnumerable<Violation> Survivors()
    {
        if (license.Layout.Devices.Any(device => device.Symbol is not null)) yield break;
        foreach (var row in rows.Where(row => row.EndReason == "seats_reduced"))
            if (rows.FirstOrDefault(other => other.StartedAt > row.StartedAt && other.StartedAt < row.EndedAt && other.Interruptions == 0 && !(other.EndedAt <= row.EndedAt)) is { } younger)
                yield return Row(row, $"a younger session survived it: {younger}");
    }

    private bool SeatsChanged(HistoryRow row)
    {
        var (from, to) = (At(row.StartedAt) - Slack, row.EndedAt is { } end ? At(end) + Slack : TimeSpan.MaxValue);
        return license.Terms.MostSeats(from, to) != license.Terms.FewestSeats(from, to);
    }
}
