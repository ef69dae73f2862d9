namespace QuoTrading.Portal.Licensing;

/// <summary>A request to <see cref="LicenseIssuer"/>: one or more equal licenses for one customer.</summary>
/// <param name="Email">The customer's address; a new customer is created.</param>
/// <param name="Term">How long they are valid.</param>
/// <param name="Plan">1 to 40 printable characters.</param>
/// <param name="Seats">How many devices may use each of them at a time.</param>
/// <param name="Count">How many licenses.</param>
/// <param name="CustomerName">For a new customer; an existing customer keeps the stored name.</param>
public sealed record LicenseOrder(
    string Email,
    LicenseTerm Term,
    string Plan = LicenseRules.DefaultPlan,
    int Seats = 1,
    int Count = 1,
    string? Note = null,
    string? CustomerName = null);

/// <summary>A license that was just stored, with its key in full. Afterwards only the encrypted key is kept.</summary>
public sealed record IssuedLicense(long Id, string Key)
{
    public override string ToString() => $"License {Id} {LicenseKey.Mask(Key)}";
}

/// <summary>The answer to an order.</summary>
public abstract record IssueOutcome
{
    private IssueOutcome()
    {
    }

    /// <param name="ExpiresAt">UTC; null if they never expire.</param>
    public sealed record Issued(IReadOnlyList<IssuedLicense> Licenses, long CustomerId, DateTime? ExpiresAt) : IssueOutcome;

    /// <summary>Nothing was done.</summary>
    public sealed record Invalid(IReadOnlyList<FieldError> Errors) : IssueOutcome;
}
