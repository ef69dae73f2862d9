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
        var found = new List<Violation>();
        for (var i = 0; i < record.Licenses.Count; i++)
        {
            var operations = new LicenseOperations(i, record.Licenses[i], byLicense[i], bounds);
            found.AddRange(SeatChecks.Check(operations));
            found.AddRange(EndChecks.Check(operations));
            found.AddRange(MarkChecks.Check(operations));
        }

        if (record.Rows is { } rows) found.AddRange(HistoryChecks.Check(record, rows));
        return [.. found.OrderBy(v => v.At ?? TimeSpan.MaxValue)];
    }
}
