using Microsoft.Extensions.DependencyInjection.Extensions;
using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.History;

internal static class HistorySetup
{
    /// <summary>
    /// The history: reading it, and deleting what is too old. Needs storage, licensing, sessions and the check of the clock.
    /// </summary>
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddReading();
        services.AddSingleton<ExpiredDevices>();
        services.AddSingleton<HistoryPruner>();
        services.AddHostedService(provider => provider.GetRequiredService<HistoryPruner>());
        return services;
    }

    /// <summary>What the lists and the overview read; all of it is read-only. Needs storage and licensing.</summary>
    internal static IServiceCollection AddReading(this IServiceCollection services)
    {
        services.TryAddSingleton<ConcurrencyGauge>();
        services.AddSingleton<ConcurrencyHistory>();
        services.AddSingleton<SessionQueries>();
        services.AddSingleton<EventQueries>();
        services.AddSingleton<DeviceNames>();
        services.AddSingleton<KeptOutDevices>();
        services.AddSingleton<LicenseUsage>();
        services.AddSingleton<SharingRanking>();
        services.AddSingleton<Overview>();
        return services;
    }
}
