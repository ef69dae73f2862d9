using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace QuoTrading.Portal.Api;

/// <summary>Tells a container engine or a load balancer that the process answers. It asks nothing of the database.</summary>
internal static class Health
{
    public const string LivePath = "/health/live";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
}
