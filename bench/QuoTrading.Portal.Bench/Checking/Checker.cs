using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Judges a record. Claims only what is certain; without a clock of its own.</summary>
public static class Checker
{
    /// <summary>Every breach, in the order of their time.</summary>
    public static IReadOnlyList<Violation> Check(RunRecord record)
    {
        var rows = record.Rows?.ToLookup(row => row.Key, StringComparer.Ordinal);
        var found = new List<Violation>();
        foreach (var license in Read(record))
        {
            found.AddRange(SeatChecks.Check(license));
            found.AddRange(EndChecks.Check(license));
            found.AddRange(MarkChecks.Check(license));
            found.AddRange(StreamChecks.Check(license));
            found.AddRange(LicenseChecks.Check(license));
            found.AddRange(PlaceChecks.Check(license));
            found.AddRange(CopyChecks.Check(license));
            found.AddRange(LimitChecks.Check(license, record.NewDevicesPerSeat));
            if (rows is not null) found.AddRange(new HistoryChecks(license, [.. rows[license.Layout.Key].OrderBy(row => row.StartedAt)], record.StartedAt).Check());
        }

        return [.. found.OrderBy(v => v.At ?? TimeSpan.MaxValue)];
    }

    /// <summary>How many drops surely ended a session, so that the check holds the portal to it.</summary>
    public static int CountSureDrops(RunRecord record) => Read(record).Sum(license => license.Layout.Devices.Select((_, device) => license.DropsOf(device).SureCount).Sum());

    private static IEnumerable<LicenseOperations> Read(RunRecord record)
    {
        var bounds = new Bounds(record);
        var operations = record.Operations.ToLookup(o => o.License);
        var terms = record.Terms.ToLookup(change => change.License);
        var streams = new StreamTimes(record, bounds);
        return record.Licenses.Select((layout, i) => new LicenseOperations(i, layout, operations[i], terms[i], bounds, streams, record));
    }
}
