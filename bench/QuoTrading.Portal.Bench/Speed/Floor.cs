using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>
/// <c>floor PORT</c>: what the portal is measured against. A bare web server of the same framework that reads the same JSON,
/// answers a constant of the same size, and stores nothing.
/// </summary>
internal static class Floor
{
    // As long as the portal's answer to a heartbeat.
    private static readonly byte[] Constant =
        """{"status":"success","license_valid":true,"session_valid":true,"license_expiration":"2026-12-21T00:00:00+00:00","days_until_expiration":30,"hours_until_expiration":720.0,"session_id":"01938d4e-0000-7000-8000-000000000000","heartbeat_interval_seconds":30,"session_timeout_seconds":90}"""u8.ToArray();

    public static async Task<int> RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(async http =>
        {
            var beat = await http.Request.ReadFromJsonAsync(FloorJson.Default.FloorHeartbeat, http.RequestAborted);
            http.Response.StatusCode = beat?.LicenseKey is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = Constant.Length;
            await http.Response.Body.WriteAsync(Constant, http.RequestAborted);
        });
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Now listening on: http://127.0.0.1:{port}"));
        await app.RunAsync();
        return 0;
    }
}

internal sealed record FloorHeartbeat(string? LicenseKey, string? DeviceFingerprint, string? BotVersion, string? Status, FloorMetadata? Metadata);

internal sealed record FloorMetadata(string? Symbol, bool ShadowMode, double SessionPnl, int TotalTrades, int WinningTrades, int LosingTrades, double WinRate, int CurrentPosition, double PositionPnl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FloorHeartbeat))]
internal sealed partial class FloorJson : JsonSerializerContext;
