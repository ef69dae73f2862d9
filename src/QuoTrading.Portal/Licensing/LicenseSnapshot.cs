namespace QuoTrading.Portal.Licensing;

/// <summary>What a decision about a session, and a page, needs to know of a license. Immutable; cached in <see cref="LicenseCache"/>.</summary>
/// <param name="ExpiresAt">UTC; null never.</param>
/// <param name="CopiedDevices">Null as it is set for all licenses.</param>
public sealed record LicenseSnapshot(
    long Id,
    KeyHash Key,
    long CustomerId,
    string CustomerEmail,
    string? CustomerName,
    string KeyMasked,
    string Plan,
    LicenseStatus Status,
    DateTime? ExpiresAt,
    int Seats,
    CopiedDevices? CopiedDevices = null)
{
    /// <summary>At the very instant of its expiry a license is expired.</summary>
    public bool IsExpired(DateTime utcNow) => ExpiresAt <= utcNow;

    public static LicenseSnapshot Of(License license, Customer customer) => new(
        license.Id, KeyHash.FromBytes(license.KeyHash), customer.Id, customer.Email, customer.Name,
        license.KeyMasked, license.Plan, license.Status, license.ExpiresAt, license.Seats, license.CopiedDevices);
}
