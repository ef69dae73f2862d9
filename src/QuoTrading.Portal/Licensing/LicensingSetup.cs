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
        services.AddSingleton<LicenseCache>();
        services.AddSingleton<LicenseIssuer>();
        services.AddSingleton<LicenseService>();
        services.AddSingleton<ILicenseService>(provider => provider.GetRequiredService<LicenseService>());
        services.AddSingleton<LicenseQueries>();
        services.AddSingleton<LicenseBulk>();
        services.AddSingleton<CustomerService>();
        services.AddSingleton<KeyRenewal>();
        services.TryAddSingleton<SigningKeyMaker>();
        services.AddSingleton<SigningKeys>();
        services.AddHostedService<SigningKeyWatch>();
        return services;
    }
}
