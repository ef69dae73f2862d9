using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.FieldClients;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

/// <summary>Real clients over HTTP; then what the portal makes of it.</summary>
public sealed class LicenseUsageTests(BehindProxy portal) : IClassFixture<BehindProxy>
{
    private LicenseUsage Usage => portal.Server.Services.GetRequiredService<LicenseUsage>();

    private ISessionService Service => portal.Server.Services.GetRequiredService<ISessionService>();

    [Fact]
    public async Task A_license_that_two_fight_for_leads_the_list_and_a_quiet_one_is_not_in_it()
    {
        var (quiet, own, _) = await portal.CreateDevicesAsync();
        await own.LogInAsync();
        var (shared, a, b) = await portal.CreateDevicesAsync();
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(a, "203.0.113.1");
            Assert.Equal(403, (await SendAsync(b, "203.0.113.2")).Status);
            await a.ReleaseAsync();
            await portal.Server.PassAsync(1);
            await SendAsync(b, "203.0.113.2");
            await b.ReleaseAsync();
            await portal.Server.PassAsync(61);
        }

        var top = await Usage.MostSharedAsync(40);
        Assert.Equal(shared.Id, top[0].LicenseId);
        Assert.Equal((2, 2, 2, 1, 3, 4), (top[0].Signals.Devices, top[0].Signals.Addresses, top[0].Signals.Places, top[0].Signals.ConflictDays, top[0].Signals.Conflicts, top[0].Signals.Returns));
        Assert.DoesNotContain(top, license => license.LicenseId == quiet.Id);

        await portal.Server.ChangeLicenseAsync(shared.Id, new LicenseChange.Cancel());
        Assert.DoesNotContain(await Usage.MostSharedAsync(40), license => license.LicenseId == shared.Id);

        var use = (await Usage.ReadAsync(shared.Id))!;
        Assert.Equal((2, 6, 3), (use.Devices.Count, use.Sessions.Count, use.Refusals.Count));
        Assert.Null(await Usage.ReadAsync(-1));
    }

    [Fact]
    public async Task A_device_that_is_offline_is_kept_out_by_support_with_a_reason_and_the_record_says_so()
    {
        var (license, a, _) = await portal.CreateDevicesAsync();
        await a.LogInAsync();
        await a.ReleaseAsync();
        var before = portal.Server.Registry.KeptOutCount();
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.KeepOutAsync(Actors.Viewer, license.Id, a.Fingerprint, "shared", TimeSpan.FromMinutes(30)));
        await Assert.ThrowsAsync<ArgumentException>(() => Service.KeepOutAsync(Actors.Support, license.Id, a.Fingerprint, " ", TimeSpan.FromMinutes(30)));
        await Assert.ThrowsAsync<ArgumentException>(() => Service.KeepOutAsync(Actors.Support, license.Id, new string('x', 257), "shared", TimeSpan.FromMinutes(30)));
        Assert.Null(await Service.KeepOutAsync(Actors.Support, -1, a.Fingerprint, "shared", TimeSpan.FromMinutes(30)));
        Assert.Equal(before, portal.Server.Registry.KeptOutCount());

        Assert.False((await Service.KeepOutAsync(Actors.Support, license.Id, a.Fingerprint, "shared", TimeSpan.FromMinutes(30)))!.WasLive);
        Assert.Equal(before + 1, portal.Server.Registry.KeptOutCount());
        Assert.Equal("kept_out", (await a.LogInAsync()).Get("code"));
        var entry = Assert.Single(await portal.AuditAsync($"{license.Id}"), entry => entry.Action == "device.keep_out");
        Assert.Equal(("shared", "support@example.com"), (entry.Reason, entry.Actor));
        Assert.Contains(a.Fingerprint, entry.After, StringComparison.Ordinal);
        var told = Assert.Single(await portal.EventsAsync(license.Id), happened => happened.Kind == EventKind.KeptOut);
        Assert.Equal((null, "support@example.com", "shared"), (told.Code, told.By, told.Detail));

        // Longer, or for good: the last word counts.
        await Service.KeepOutAsync(Actors.Support, license.Id, a.Fingerprint, "sold", Timeout.InfiniteTimeSpan);
        Assert.Equal(before + 1, portal.Server.Registry.KeptOutCount());
        var mark = Assert.Single(await portal.Server.Services.GetRequiredService<KeptOutDevices>().OfAsync(license.Id));
        Assert.Equal((null, "sold"), (mark.Until, mark.Reason));
    }

    [Fact]
    public async Task For_good_is_the_same_word_wherever_the_record_says_it()
    {
        var (license, a, _) = await portal.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await Service.LogOutAsync(Actors.Support, [session], "sold", Timeout.InfiniteTimeSpan);
        await Service.KeepOutAsync(Actors.Support, license.Id, a.Fingerprint, "sold", Timeout.InfiniteTimeSpan);
        Assert.True(await Service.LiftKeepOutAsync(Actors.Support, license.Id, a.Fingerprint));

        var loggedOut = Assert.Single(await portal.AuditAsync($"{session}"));
        var entries = await portal.AuditAsync($"{license.Id}");
        var keptOut = Assert.Single(entries, entry => entry.Action == "device.keep_out");
        var letIn = Assert.Single(entries, entry => entry.Action == "device.let_in");
        Assert.All([loggedOut.After, keptOut.Before, keptOut.After, letIn.Before], told => Assert.Contains("\"kept_out_until\":\"lifted\"", told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_kept_out_is_listed_and_can_be_let_in_again()
    {
        var (license, a, _) = await portal.CreateDevicesAsync();
        var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
        await Service.LogOutAsync(Actors.Support, [session], "shared", TimeSpan.FromHours(1));
        var reader = portal.Server.Services.GetRequiredService<KeptOutDevices>();
        var mark = Assert.Single(await reader.OfAsync(license.Id));
        Assert.Equal((a.Fingerprint, "shared"), (mark.Device, mark.Reason));
        Assert.Contains((await reader.AllAsync()).Devices, other => other.Mark == mark);
        Assert.Equal("kept_out", (await a.LogInAsync()).Get("code"));

        await Assert.ThrowsAsync<ForbiddenException>(() => Service.LiftKeepOutAsync(Actors.Viewer, license.Id, a.Fingerprint));
        Assert.True(await Service.LiftKeepOutAsync(Actors.Support, license.Id, a.Fingerprint, "sorted out"));
        Assert.False(await Service.LiftKeepOutAsync(Actors.Support, license.Id, a.Fingerprint));

        Assert.Empty(await reader.OfAsync(license.Id));
        Assert.Equal("forced_logout", (await a.BeatAsync()).Get("code"));
        Assert.Equal(200, (await a.LogInAsync()).Status);
        var entry = Assert.Single(await portal.AuditAsync($"{license.Id}"), entry => entry.Action == "device.let_in");
        Assert.Equal(("sorted out", "support@example.com"), (entry.Reason, entry.Actor));
        var told = Assert.Single(await portal.EventsAsync(license.Id), happened => happened.Code == WireNames.KeepOutLifted);
        Assert.Equal((EventKind.KeptOut, "support@example.com", "sorted out"), (told.Kind, told.By, told.Detail));
    }

    private async Task<Answered> SendAsync(ClientDevice device, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/validate-license") { Content = JsonContent.Create(new { license_key = device.Key, device_fingerprint = device.Fingerprint }) };
        request.Headers.Add("X-Forwarded-For", address);
        using var response = await portal.Server.Http.SendAsync(request);
        return await Answered.ReadAsync(response);
    }
}
