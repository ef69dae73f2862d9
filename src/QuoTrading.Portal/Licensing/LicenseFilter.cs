namespace QuoTrading.Portal.Licensing;

/// <summary>Which licenses a query returns; what is null does not restrict.</summary>
/// <param name="Search">
/// Words that must all be found in the customer's e-mail address or name, the number in the old system, or the visible ends of the
/// key. A whole key finds exactly its license.
/// </param>
/// <param name="ExpiresFrom">UTC.</param>
/// <param name="ExpiresTo">UTC, exclusive.</param>
/// <param name="Among">Only licenses with these ids; some hundreds at most.</param>
public sealed record LicenseFilter(
    string? Search = null,
    LicenseStanding? Standing = null,
    string? Plan = null,
    DateTime? ExpiresFrom = null,
    DateTime? ExpiresTo = null,
    long? CustomerId = null,
    IReadOnlyList<long>? Among = null);

/// <summary>Status and expiry of a license together: an active one may have expired.</summary>
public enum LicenseStanding
{
    Active,
    Expired,
    Suspended,
    Cancelled,
}

/// <summary>How a list of licenses is ordered.</summary>
public enum LicenseOrdering
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>Those that expire soonest first, those that never expire last.</summary>
    Expiry,

    /// <summary>By the customer's e-mail address.</summary>
    Customer,
}

/// <summary>A license that an action is applied to.</summary>
public sealed record LicenseTarget(long Id, string CustomerEmail, string KeyMasked);

/// <summary>A license as a list shows it.</summary>
/// <param name="ExpiresAt">UTC; null if it never expires.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Version">To be passed back with a change.</param>
/// <param name="UpdatedAt">UTC.</param>
public sealed record LicenseItem(
    long Id,
    long CustomerId,
    string CustomerEmail,
    string? CustomerName,
    string KeyMasked,
    string Plan,
    LicenseStatus Status,
    DateTime? ExpiresAt,
    int Seats,
    string? Note,
    DateTime CreatedAt,
    int Version,
    DateTime UpdatedAt,
    CopiedDevices? CopiedDevices = null)
{
    public LicenseStanding StandingAt(DateTime utcNow) => Status switch
    {
        LicenseStatus.Suspended => LicenseStanding.Suspended,
        LicenseStatus.Cancelled => LicenseStanding.Cancelled,
        _ => ExpiresAt <= utcNow ? LicenseStanding.Expired : LicenseStanding.Active,
    };
}
