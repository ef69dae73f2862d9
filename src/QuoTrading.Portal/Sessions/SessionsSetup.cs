using Microsoft.Extensions.DependencyInjection.Extensions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Sessions.Streams;

namespace QuoTrading.Portal.Sessions;

internal static class SessionsSetup
{
    /// <summary>Registers the services that track which device uses which license. Needs storage, licensing and the audit log.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<QueueOptions>(configuration);
        services.AddSettings<LimitOptions>(configuration);
        services.AddSettings<StreamOptions>(configuration);
        services.AddSingleton(provider => new SessionSettingsRules(provider.GetRequiredService<PortalOptions>().AllowShortTimeouts));
        services.AddSingleton<LimitTally>();
        services.AddSingleton<SessionMetrics>();
        services.TryAddSingleton<ConcurrencyGauge>();
        services.AddSingleton<ServiceClock>();
        services.AddSingleton<SessionFeed>();
        services.AddSingleton(provider => new SessionQueue(provider.GetRequiredService<QueueOptions>(), provider.GetRequiredService<TimeProvider>(), TimeProvider.System));
        services.AddSingleton<SessionMemory>();
        services.AddSingleton<LicenseGrowth>();
        services.AddSingleton<CommitLoop>();
        services.AddSingleton<SessionSweeper>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<ISessionService>(provider => provider.GetRequiredService<SessionService>());
        services.AddSingleton<ILicenseWatcher>(provider => provider.GetRequiredService<SessionService>());
        services.AddSingleton<KnownDevices>();
        services.AddHostedService<SessionsHost>();
        services.AddHostedService(provider => provider.GetRequiredService<KnownDevices>());
        services.AddSingleton(provider => new StreamGrace(provider.GetRequiredService<PortalOptions>().AllowShortTimeouts));
        services.AddSingleton<OpenStreams>();
        services.AddHostedService<StreamWatcher>();
        services.AddSingleton<OnlineMonitor>();
        services.AddSingleton<IOnlineMonitor>(provider => provider.GetRequiredService<OnlineMonitor>());
        services.AddHostedService(provider => provider.GetRequiredService<OnlineMonitor>());
        return services;
    }
}
