namespace QuoTrading.Portal.Licensing;

/// <summary>Reads stored licenses, inside a unit of the writer.</summary>
public interface ILicenseReader
{
    /// <summary>The license with this key, or null where there is none.</summary>
    LicenseSnapshot? FindLicense(KeyHash key);

    /// <summary>The license with this id, or null where there is none.</summary>
    LicenseSnapshot? FindLicense(long licenseId);

    /// <summary>Every license that has live sessions.</summary>
    IEnumerable<LicenseSnapshot> LoadLicensesInUse();
}
