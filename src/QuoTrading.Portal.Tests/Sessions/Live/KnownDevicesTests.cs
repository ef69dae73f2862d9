using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>Whom an address over its limit is served for.</summary>
public sealed class KnownDevicesTests : IAsyncLifetime
{
    private const string Device = "aaaaaaaaaaaaaaaa";

    private static readonly KeyHash Key = KeyHash.Of("AAAAA-BBBBB");
    private static readonly KeyHash Other = KeyHash.Of("CCCCC-DDDDD");

    private TestDatabase database = null!;
    private KnownDevices known = null!;

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        known = Make(database.Get<IDbContextFactory<PortalDbContext>>());
        await using var db = database.OpenContext();
        var customer = new Customer { Email = "ada@example.com", CreatedAt = Now };
        foreach (var key in new[] { Key, Other })
            db.Licenses.Add(new License { Customer = customer, KeyHash = key.ToBytes(), KeyEncrypted = "-", KeyMasked = "-", Plan = "MONTHLY", Seats = 1, CreatedAt = Now, UpdatedAt = Now });
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        known.Dispose();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Until_what_is_stored_was_read_every_pair_is_known_and_then_those_alone_that_logged_in_within_30_days()
    {
        await StoreAsync(Device, TimeSpan.FromDays(29));
        await StoreAsync("too-long-ago", TimeSpan.FromDays(31));
        Assert.True(known.IsKnown(Other, "whatever"));

        await LoadAsync();
        Assert.True(known.IsKnown(Key, Device));
        Assert.False(known.IsKnown(Key, "too-long-ago"));
        Assert.False(known.IsKnown(Key, "whatever"));
        Assert.False(known.IsKnown(Other, Device));

        database.Time.Now += TimeSpan.FromDays(1);
        Assert.True(known.IsKnown(Key, Device));
        database.Time.Now += TimeSpan.FromSeconds(1);
        Assert.False(known.IsKnown(Key, Device));
    }

    [Fact]
    public async Task A_login_while_it_reads_counts_and_not_the_older_one_that_is_stored()
    {
        await StoreAsync(Device, TimeSpan.FromDays(29));
        known.Note(Key, Device, Now);
        known.Note(Other, Device, Now);

        await LoadAsync();
        database.Time.Now += TimeSpan.FromDays(30);
        Assert.True(known.IsKnown(Key, Device) && known.IsKnown(Other, Device));
    }

    [Fact]
    public async Task What_cannot_be_read_is_tried_again()
    {
        await StoreAsync(Device, TimeSpan.FromDays(1));
        var broken = new BrokenOnce(database.Get<IDbContextFactory<PortalDbContext>>());
        using var later = Make(broken);
        await later.StartAsync(CancellationToken.None);
        await Until.TrueAsync(() => broken.HasFailed, "the first try has failed");
        Assert.True(later.IsKnown(Other, "whatever"));

        await Until.TrueAsync(() =>
        {
            database.Time.Advance(TimeSpan.FromSeconds(1));
            return later.ExecuteTask!.IsCompletedSuccessfully;
        }, "it was read");
        Assert.Equal((true, false), (later.IsKnown(Key, Device), later.IsKnown(Other, "whatever")));
    }

    private KnownDevices Make(IDbContextFactory<PortalDbContext> contexts) => new(contexts, database.Time, NullLogger<KnownDevices>.Instance);

    private async Task LoadAsync()
    {
        await known.StartAsync(CancellationToken.None);
        await known.ExecuteTask!;
    }

    private async Task StoreAsync(string device, TimeSpan ago)
    {
        await using var db = database.OpenContext();
        var license = await db.Licenses.SingleAsync(l => l.KeyHash == Key.ToBytes());
        db.LicenseDevices.Add(new LicenseDevice { LicenseId = license.Id, Device = device, FirstSeenAt = Now - ago, LastLoginAt = Now - ago, Logins = 1 });
        await db.SaveChangesAsync();
    }

    private sealed class BrokenOnce(IDbContextFactory<PortalDbContext> contexts) : IDbContextFactory<PortalDbContext>
    {
        public bool HasFailed { get; private set; }

        public PortalDbContext CreateDbContext()
        {
            if (HasFailed) return contexts.CreateDbContext();
            HasFailed = true;
            throw new IOException("The disk is away.");
        }
    }
}
