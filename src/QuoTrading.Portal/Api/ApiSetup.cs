using QuoTrading.Portal.Api.Admin;
using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Api;

internal static class ApiSetup
{
    /// <summary>The HTTP endpoints for clients and scripts. Needs storage, sessions and accounts.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PortalOptions>().Refuse(KnownProxies.Check(PortalOptions.ReadProxies(configuration)));
        services.AddOptions<ForwardedHeadersOptions>().Configure<PortalOptions>((forwarded, options) => KnownProxies.Configure(forwarded, options.KnownProxies));
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<UnknownProxies>();
        services.AddHealthChecks().AddCheck<UnknownProxyCheck>("proxies", tags: [HealthSetup.Warning]);
        services.AddSingleton<AnswerSigner>();
        services.AddSingleton<ClientDoor>();
        services.AddSingleton<IKeyTester, KeyTester>();
        services.AddPortalOpenApi();
        return services;
    }

    /// <summary>The middleware that every request passes first. After the forwarded headers, before the routing.</summary>
    public static WebApplication UseDoor(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<UnknownProxies>().LookAsync);
        app.Use(SlashNormalizer.ApplyAsync);
        return app;
    }

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder app)
    {
        AdminApi.Map(app);
        ClientApi.Map(app);
        app.MapPortalOpenApi();
        Health.Map(app);
        return app;
    }
}
