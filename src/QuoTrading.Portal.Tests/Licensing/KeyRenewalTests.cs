using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

/// <summary>Keys that were imported by a version that only trimmed them.</summary>
public sealed class KeyRenewalTests
{
    [Fact]
    public async Task A_key_with_blanks_and_dashes_that_was_stored_before_is_found_by_its_text_and_without_them()
    {
        await using var portal = await PortalServer.StartAsync();
        var old = await StoreAsBeforeAsync(portal, "Old Key\u20131");
        var own = await portal.CreateLicenseAsync();
        var folder = await portal.StopAsync();

        await using var again = await PortalServer.StartAsync(folder: folder, time: portal.Time);
        foreach (var key in new[] { "Old Key\u20131", "OldKey-1", " Old\u00a0Key -1" })
            Assert.Equal(200, (await new ClientDevice(again, key, "a").LogInAsync()).Status);
        Assert.Equal(200, (await new ClientDevice(again, own.Key, "a").LogInAsync()).Status);
        Assert.Single(again.Registry.Live(), s => s.LicenseId == old);
    }

    [Fact]
    public async Task Of_two_keys_that_are_one_now_the_first_is_found_and_the_start_goes_on()
    {
        await using var portal = await PortalServer.StartAsync();
        var first = await StoreAsBeforeAsync(portal, "OldKey1");
        await StoreAsBeforeAsync(portal, "Old Key 1");
        var folder = await portal.StopAsync();

        await using var again = await PortalServer.StartAsync(folder: folder, time: portal.Time);
        Assert.Equal(200, (await new ClientDevice(again, "Old Key 1", "a").LogInAsync()).Status);
        Assert.Single(again.Registry.Live(), s => s.LicenseId == first);
    }

    // As that version hashed it, and as it left the file.
    private static async Task<long> StoreAsBeforeAsync(PortalServer portal, string key)
    {
        var license = await portal.CreateLicenseAsync();
        var vault = portal.Services.GetRequiredService<KeyVault>();
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        await db.Licenses.Where(l => l.Id == license.Id).ExecuteUpdateAsync(l => l
            .SetProperty(x => x.KeyHash, SHA256.HashData(Encoding.UTF8.GetBytes(key)))
            .SetProperty(x => x.KeyEncrypted, vault.Protect(key)));
        await db.Database.ExecuteSqlRawAsync("PRAGMA user_version = 0");
        return license.Id;
    }
}
