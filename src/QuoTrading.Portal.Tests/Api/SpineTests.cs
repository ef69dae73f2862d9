using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

public sealed class SpineTests
{
    [Fact]
    public async Task A_bot_logs_in_is_logged_out_and_the_license_is_free()
    {
        await using var portal = await PortalServer.StartAsync();
        var key = await portal.CreateKeyAsync();
        var a = new { license_key = key, device_fingerprint = "aaaaaaaaaaaaaaaa" };
        var b = new { license_key = key, device_fingerprint = "bbbbbbbbbbbbbbbb" };

        var login = await portal.PostAsync("/api/validate-license", a);
        Assert.Equal(200, login.Status);
        Assert.Equal(403, (await portal.PostAsync("/api/validate-license", b)).Status);

        using var script = await portal.CreateScriptAsync(PortalRole.Support);
        using var body = System.Net.Http.Json.JsonContent.Create(new { reason = "shared key" });
        using var ended = await script.PostAsync(new Uri($"/api/admin/sessions/{login.Get("session_id")}/logout", UriKind.Relative), body);
        Assert.Equal(200, (int)ended.StatusCode);

        var beat = await portal.PostAsync("/api/heartbeat", a);
        Assert.Equal((403, "true"), (beat.Status, beat.Get("force_logout")));
        Assert.Equal(200, (await portal.PostAsync("/api/validate-license", b)).Status);
        await portal.PassAsync(91);
        Assert.Equal(403, (await portal.PostAsync("/api/heartbeat", a)).Status);
    }
}
