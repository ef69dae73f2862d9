using Microsoft.Extensions.DependencyInjection.Extensions;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Licensing;

internal static class LicensingSetup
{
    /// <summary>The services of this room. They need <c>AddStorage</c> and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddLicensing(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditLog>();
        services.AddSingleton<KeyVault>();
        services.AddSingleton<LicenseDirectory>();
        services.AddSingleton<LicenseIssuer>();
        services.AddSingleton<LicenseDesk>();
        services.AddSingleton<ILicenseDesk>(provider => provider.GetRequiredService<LicenseDesk>());
        services.AddSingleton<LicenseCatalog>();
        services.AddSingleton<LicenseBulk>();
        services.AddSingleton<CustomerDesk>();
        services.AddSingleton<KeyRenewal>();
        services.TryAddSingleton<SigningKeyMaker>();
        services.AddSingleton<SigningKeys>();
        services.AddHostedService<SigningKeyWatch>();
        return services;
    }
}
