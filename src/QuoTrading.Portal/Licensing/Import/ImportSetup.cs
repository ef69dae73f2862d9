namespace QuoTrading.Portal.Licensing.Import;

internal static class ImportSetup
{
    /// <summary>The import of licenses from a file. Needs <see cref="LicensingSetup.AddLicensing"/>.</summary>
    public static IServiceCollection AddLicenseImport(this IServiceCollection services) => services.AddSingleton<LicenseImport>();
}
