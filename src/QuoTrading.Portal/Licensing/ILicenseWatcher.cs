using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Implemented by services that depend on the state of a license: sessions end in the unit that changes it.</summary>
public interface ILicenseWatcher
{
    /// <summary>
    /// Called inside the unit that changes a license, once for each license, before it is committed.
    /// </summary>
    /// <param name="after">The license as it will be; null when it is deleted.</param>
    /// <returns>How many sessions end with it.</returns>
    int OnChanging(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after, Actor actor, string? reason);
}
