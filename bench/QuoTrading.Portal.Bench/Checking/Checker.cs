using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Judges a record. Claims only what is certain; without a clock of its own.</summary>
public static class Checker
{
    /// <summary>Every breach, in the order of their time.</summary>
    public static IReadOnlyList<Violation> Check(RunRecord record)
    {
        var bounds = new Bounds(record);
        var byLicense = record.Operations.ToLookup(o => o.License);
        var terms = record.Terms.ToLookup(change => change.License);
        var rows = record.Rows?.ToLookup(row => row.Key, StringComparer.Ordinal);
        var streams = new StreamTimes(record, bounds);
        var found = new List<Violation>();
        for (var i = 0; i < record.Licenses.Count; i++)
        {
            var operations = new LicenseOperations(i, record.Licenses[i], byLicense[i], terms[i], bounds, streams);
            found.AddRange(SeatChecks.Check(operations));
            found.AddRange(EndChecks.Check(operations));
            found.AddRange(MarkChecks.Check(operations));
            found.AddRange(StreamChecks.Check(operations));
            found.AddRange(LicenseChecks.Check(operations));
            if (rows is not null) found.AddRange(new HistoryChecks(operations, [.. rows[record.Licenses[i].Key].OrderBy(row => row.StartedAt)], record.StartedAt).Check());
        }

        return [.. found.OrderBy(v => v.At ?? TimeSpan.MaxValue)];
    }
}
