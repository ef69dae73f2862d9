using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>A key replaced, a license deleted: what its clients meet, and what stays.</summary>
public sealed class LicenseRemovalTests : IAsyncLifetime
{
    private PortalServer portal = null!;
    private IssuedLicense license = null!;
    private ClientDevice device = null!;

    private LicenseService Service => portal.Services.GetRequiredService<LicenseService>();

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync();
        license = await portal.CreateLicenseAsync();
        device = new ClientDevice(portal, license.Key, "aaaaaaaaaaaaaaaa");
        Assert.Equal(200, (await device.LogInAsync()).Status);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_replaced_key_ends_its_sessions_is_unknown_and_the_new_one_lets_any_device_in_at_once()
    {
        var replaced = Assert.IsType<KeyOutcome.Replaced>(await Service.ReplaceKeyAsync(PortalServer.Admin, license.Id, expectedVersion: 1, reason: "shared on a forum"));
        Assert.Equal(1, replaced.SessionsEnded);

        var beat = await device.BeatAsync();
        Assert.Equal((403, "unknown_key"), (beat.Status, beat.Get("code")));
        Assert.Equal(200, (await new ClientDevice(portal, replaced.License.Key, "bbbbbbbbbbbbbbbb").LogInAsync()).Status);

        await using var db = Open();
        var row = await db.SessionHistory.SingleAsync(r => r.Device == "aaaaaaaaaaaaaaaa");
        Assert.Equal((EndReason.KeyReplaced, "admin@example.com", "shared on a forum"), (row.EndReason, row.EndedBy, row.EndNote));
        var happened = await db.SessionEvents.SingleAsync(e => e.Kind == EventKind.LicenseChanged);
        Assert.Equal("key_replaced", happened.Code);
        var audited = await db.AuditEntries.SingleAsync(a => a.Action == "license.key");
        Assert.DoesNotContain(license.Key, audited.Before + audited.After, StringComparison.Ordinal);
        Assert.DoesNotContain(replaced.License.Key, audited.Before + audited.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_license_is_unknown_and_its_history_stays_without_a_name()
    {
        Assert.IsType<LicenseOutcome.Outdated>(await Service.DeleteAsync(PortalServer.Admin, license.Id, expectedVersion: 7));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.DeleteAsync(PortalServer.Admin with { Role = PortalRole.Support }, license.Id));

        var deleted = Assert.IsType<LicenseOutcome.Changed>(await Service.DeleteAsync(PortalServer.Admin, license.Id, expectedVersion: 1, reason: "asked for it"));
        Assert.Equal(1, deleted.SessionsEnded);
        Assert.Equal((403, "unknown_key"), ((await device.BeatAsync()).Status, (await device.BeatAsync()).Get("code")));
        Assert.Empty(portal.Registry.Live());

        await using var db = Open();
        Assert.Empty(await db.Licenses.ToListAsync());
        Assert.Empty(await db.Customers.ToListAsync());
        Assert.Empty(await db.LicenseDevices.ToListAsync());
        var row = await db.SessionHistory.SingleAsync();
        Assert.Equal((EndReason.LicenseDeleted, "(deleted)", "(deleted)"), (row.EndReason, row.CustomerEmail, row.Address));
        Assert.All(await db.SessionEvents.Where(e => e.LicenseId == license.Id).ToListAsync(), e => Assert.Equal(("(deleted)", null), (e.CustomerEmail, e.Address)));
        Assert.IsType<LicenseOutcome.NotFound>(await Service.DeleteAsync(PortalServer.Admin, license.Id));
    }

    [Fact]
    public async Task A_customer_with_another_license_stays()
    {
        var other = await portal.CreateLicenseAsync();
        await Service.DeleteAsync(PortalServer.Admin, license.Id);
        await using var db = Open();
        Assert.Equal(other.Id, (await db.Licenses.SingleAsync()).Id);
        Assert.Single(await db.Customers.ToListAsync());
    }

    [Fact]
    public async Task A_change_of_a_license_is_an_event_that_says_what_it_was()
    {
        await portal.ChangeLicenseAsync(license.Id, new LicenseChange.Edit("YEARLY", 3, null, "note"));
        await portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetNote("other"));
        await using var db = Open();
        var happened = await db.SessionEvents.SingleAsync(e => e.Kind == EventKind.LicenseChanged);
        Assert.Equal("expiry_changed", happened.Code);
        Assert.Contains("seats 1 → 3; plan MONTHLY → YEARLY", happened.Detail, StringComparison.Ordinal);
        Assert.Equal("admin@example.com", happened.By);
    }

    private PortalDbContext Open() => portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext();
}
