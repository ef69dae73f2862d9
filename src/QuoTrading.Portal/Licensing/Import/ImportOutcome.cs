namespace QuoTrading.Portal.Licensing.Import;

/// <summary>What an import did, or, for a preview, would do.</summary>
public abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    public sealed record Accepted(ImportReport Report) : ImportOutcome;

    /// <summary>Nothing was imported: one error stops the whole file.</summary>
    public sealed record Rejected(ImportErrors Errors) : ImportOutcome;
}

/// <param name="Added">Licenses that were not stored before.</param>
/// <param name="NewCustomers">Customers that were not stored before.</param>
/// <param name="AlreadyThere">Licenses that were stored already, with the values of the file.</param>
/// <param name="Differences">Licenses that were stored already, with other values.</param>
/// <param name="Updated">How many of <paramref name="Differences"/> took the file's values: all or none.</param>
/// <param name="Repeated">Rows that repeat an earlier row of the file.</param>
public sealed record ImportReport(
    int Added,
    int NewCustomers,
    int AlreadyThere,
    IReadOnlyList<ImportDifference> Differences,
    int Updated,
    int Repeated,
    IReadOnlyList<string> Notices);

/// <param name="What">For people: <c>plan is MONTHLY, the file says ADMIN</c>.</param>
public sealed record ImportDifference(int Line, long LicenseId, string KeyMasked, string What);
