using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.Api.Admin;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Operating.Health;

namespace QuoTrading.Portal.Api;

/// <summary>
/// For a container engine or a load balancer. Live: the process answers, whatever the state of the database. Ready: it can do its work;
/// else 503. Ready names the checks, but gives no details: these are on the pages and in the log.
/// </summary>
internal static class Health
{
    public const string LivePath = "/health/live";

    public const string ReadyPath = "/health/ready";

    public static void Map(IEndpointRouteBuilder app)
    {
        // Also under other usual names, because tools that monitor many programs use the same path for all of them.
        foreach (var path in new[] { LivePath, "/health", "/healthz", "/ping" }) app.MapHealthChecks(path, new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks(ReadyPath, new HealthCheckOptions { Predicate = check => !check.Tags.Contains(HealthSetup.Warning), ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(
        new ReadyAnswer(Word(report.Status), report.Entries.ToDictionary(entry => entry.Key, entry => Word(entry.Value.Status), StringComparer.Ordinal)),
        AdminJson.Readable, http.RequestAborted);

    private static string Word(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";
}
