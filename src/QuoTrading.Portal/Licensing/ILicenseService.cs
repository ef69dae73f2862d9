using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing;

/// <summary>Changes an existing license.</summary>
public interface ILicenseService
{
    /// <inheritdoc cref="LicenseService.ChangeAsync"/>
    Task<LicenseOutcome> ChangeAsync(Actor actor, long licenseId, LicenseChange change, int? expectedVersion = null, string? reason = null, CancellationToken cancel = default);
}
