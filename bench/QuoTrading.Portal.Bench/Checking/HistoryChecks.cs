using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>The stored history says what the clients were told, and never that more devices held a license than it has seats.</summary>
internal static class HistoryChecks
{
    public static IEnumerable<Violation> Check(RunRecord record, IReadOnlyList<HistoryRow> rows)
    {
        var byId = rows.ToDictionary(row => row.SessionId, StringComparer.Ordinal);
        var numbers = record.Licenses.Select((license, number) => (license.Key, number)).ToDictionary(pair => pair.Key, pair => pair.number, StringComparer.Ordinal);
        return record.Operations.Where(o => o.Answered is not null).Select(o => Differs(record, o, byId) is { } what ? new Violation(Breach.HistoryDiffers, o.License, o.Sent, $"{what}\n    {o}") : null)
            .OfType<Violation>()
            .Concat(rows.GroupBy(row => row.Key, StringComparer.Ordinal).SelectMany(license => Overlaps(numbers[license.Key], record.Licenses[numbers[license.Key]], license)))
            .Concat(rows.Where(row => row.IsLive != (row.EndedAt is null)).Select(row => new Violation(Breach.HistoryDiffers, numbers[row.Key], null, $"{row} is {(row.IsLive ? "live" : "not live")}.")));
    }

    private static string? Differs(RunRecord record, Operation o, Dictionary<string, HistoryRow> rows)
    {
        if (o.Told == Told.Holds)
        {
            if (!rows.TryGetValue(o.SessionId!, out var row)) return "the session has no row.";
            var license = record.Licenses[o.License];
            return row.Key == license.Key && row.Device == license.Devices[o.Device].Fingerprint ? null : $"the row is another's: {row}";
        }

        var end = o.Told switch
        {
            Told.Released when o.Named is not null => "Released",
            Told.Ended when o.EndReason == "forced_logout" => "ForcedLogout",
            Told.Ended when o.EndReason == "released" => "Released",
            _ => null,
        };
        if (end is null) return null;
        if (!rows.TryGetValue(o.Named!, out var ended)) return "the ended session has no row.";
        return ended.EndReason == end && ended.EndedAt is not null ? null : $"its row says: {ended}";
    }

    private static IEnumerable<Violation> Overlaps(int number, LicenseLayout license, IEnumerable<HistoryRow> rows)
    {
        var devices = license.Devices.Select((device, i) => (device.Fingerprint, i)).ToDictionary(pair => pair.Fingerprint, pair => pair.i, StringComparer.Ordinal);
        var holding = new List<HistoryRow>();
        foreach (var row in rows.OrderBy(row => row.StartedAt))
        {
            holding.RemoveAll(h => h.EndedAt <= row.StartedAt);
            holding.Add(row);
            if (license.SeatsFor(holding.Select(h => devices[h.Device]).Distinct()) <= license.Seats) continue;
            yield return new Violation(Breach.HistoryDiffers, number, null, $"more devices than seats at once:\n    {string.Join("\n    ", holding)}");
            holding.RemoveAll(h => h != row);
        }
    }
}
