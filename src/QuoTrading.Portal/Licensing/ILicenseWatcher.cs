using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>What licensing needs of whoever depends on a license being as it was: sessions end in the unit that changes it.</summary>
public interface ILicenseWatcher
{
    /// <summary>
    /// Called inside the unit of work that changes a license, once for each license, before it is committed.
    /// </summary>
    /// <param name="after">The license as it will be; null when it is deleted.</param>
    /// <returns>How many sessions end with it.</returns>
    int OnChanging(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after, Actor actor, string? reason);
}
