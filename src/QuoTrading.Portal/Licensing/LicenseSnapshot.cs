namespace QuoTrading.Portal.Licensing;

/// <summary>The data of a license that session decisions and pages need. Immutable; cached in <see cref="LicenseCache"/>.</summary>
/// <param name="ExpiresAt">UTC; null if it never expires.</param>
/// <param name="CopiedDevices">Null: the setting for all licenses applies.</param>
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
    /// <summary>At the instant of its expiry a license is expired already.</summary>
    public bool IsExpired(DateTime utcNow) => ExpiresAt <= utcNow;

    public static LicenseSnapshot Of(License license, Customer customer) => new(
        license.Id, KeyHash.FromBytes(license.KeyHash), customer.Id, customer.Email, customer.Name,
        license.KeyMasked, license.Plan, license.Status, license.ExpiresAt, license.Seats, license.CopiedDevices);
}
