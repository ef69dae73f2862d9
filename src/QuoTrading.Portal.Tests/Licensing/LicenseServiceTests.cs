using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class LicenseServiceTests : IAsyncLifetime
{
    private readonly RecordingWatcher watcher = new();
    private TestDatabase database = null!;
    private IssuedLicense license = null!;

    private LicenseService Service => database.Get<LicenseService>();

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddSingleton<ILicenseWatcher>(watcher));
        var issued = await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Days(30)));
        license = Assert.IsType<IssueOutcome.Issued>(issued).Licenses[0];
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_suspension_is_stored_audited_and_told_to_the_watcher_in_one_unit()
    {
        watcher.Ends = 2;
        var changed = await ChangeAsync(new LicenseChange.Suspend(), Actors.Support, reason: "chargeback");

        Assert.Equal((LicenseStatus.Suspended, 2, 2), (changed.License.Snapshot.Status, changed.License.Version, changed.SessionsEnded));
        var (before, after, reason) = Assert.Single(watcher.Seen);
        Assert.Equal((LicenseStatus.Active, LicenseStatus.Suspended, "chargeback"), (before.Status, after!.Status, reason));

        await using var context = database.OpenContext();
        Assert.Equal(LicenseStatus.Suspended, (await context.Licenses.SingleAsync()).Status);
        Assert.Equal("watched", (await context.Customers.SingleAsync()).Name);
        var entry = await context.AuditEntries.SingleAsync(a => a.Action == "license.suspend");
        Assert.Equal(("support@example.com", "chargeback", """{"status":"Active"}"""), (entry.Actor, entry.Reason, entry.Before));
        Assert.Contains("\"status\":\"Suspended\",\"sessions_ended\":2", entry.After, StringComparison.Ordinal);
        Assert.DoesNotContain(license.Key, entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_watcher_throws_nothing_is_changed_and_memory_keeps_the_truth()
    {
        var cache = database.Get<LicenseCache>();
        await database.Writer.RunAsync(unit => Task.FromResult(cache.Find(new SqliteStoredSessions(unit, 0), license.Id)));
        watcher.Failure = new InvalidOperationException();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Service.ChangeAsync(Actors.Administrator, license.Id, new LicenseChange.Cancel()));

        await using var context = database.OpenContext();
        Assert.Equal((LicenseStatus.Active, 1), await context.Licenses.Select(l => ValueTuple.Create(l.Status, l.Version)).SingleAsync());
        Assert.Null((await context.Customers.SingleAsync()).Name);
        Assert.False(await context.AuditEntries.AnyAsync(a => a.Action == "license.cancel"));
        Assert.Equal(LicenseStatus.Active, cache.Recall(license.Id)!.Status);
    }

    [Fact]
    public async Task The_directory_follows_a_change_once_it_is_durable()
    {
        var cache = database.Get<LicenseCache>();
        await database.Writer.RunAsync(unit => Task.FromResult(cache.Find(new SqliteStoredSessions(unit, 0), KeyHash.Of(license.Key))));
        await ChangeAsync(new LicenseChange.SetSeats(5));
        Assert.Equal(5, cache.Recall(KeyHash.Of(license.Key))!.Seats);
        Assert.Equal(5, cache.Recall(license.Id)!.Seats);
    }

    [Fact]
    public async Task The_second_of_two_editors_is_told_and_shown_how_it_is_now()
    {
        await ChangeAsync(new LicenseChange.SetSeats(2), version: 1);
        var outdated = Assert.IsType<LicenseOutcome.Outdated>(
            await Service.ChangeAsync(Actors.Administrator, license.Id, new LicenseChange.SetSeats(3), expectedVersion: 1));
        Assert.Equal((2, 2), (outdated.Current.Snapshot.Seats, outdated.Current.Version));
        await ChangeAsync(new LicenseChange.SetSeats(3), version: outdated.Current.Version);
    }

    [Fact]
    public async Task What_is_so_already_is_neither_written_nor_audited()
    {
        Assert.IsType<LicenseOutcome.Unchanged>(await Service.ChangeAsync(Actors.Support, license.Id, new LicenseChange.Reactivate()));
        Assert.Empty(watcher.Seen);
        await using var context = database.OpenContext();
        Assert.Equal(1, await context.AuditEntries.CountAsync());
    }

    [Fact]
    public async Task Days_are_added_to_the_expiry_or_to_now_if_that_has_passed()
    {
        var first = await ChangeAsync(new LicenseChange.Extend(10), Actors.Support);
        Assert.Equal(Now.AddDays(40), first.License.Snapshot.ExpiresAt);

        database.Time.Advance(TimeSpan.FromDays(100));
        var second = await ChangeAsync(new LicenseChange.Extend(10), Actors.Support);
        Assert.Equal(Now.AddDays(10), second.License.Snapshot.ExpiresAt);
        Assert.Equal(Now, second.License.UpdatedAt);
    }

    [Fact]
    public async Task A_license_that_never_expires_cannot_be_extended()
    {
        await ChangeAsync(new LicenseChange.SetExpiry(null));
        var invalid = Assert.IsType<LicenseOutcome.Invalid>(await Service.ChangeAsync(Actors.Support, license.Id, new LicenseChange.Extend(1)));
        Assert.Equal("days", Assert.Single(invalid.Errors).Field);
    }

    [Fact]
    public async Task A_cancelled_license_is_reactivated_by_an_administrator_alone_and_never_suspended()
    {
        await ChangeAsync(new LicenseChange.Cancel());
        Assert.IsType<LicenseOutcome.Invalid>(await Service.ChangeAsync(Actors.Administrator, license.Id, new LicenseChange.Suspend()));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.ChangeAsync(Actors.Support, license.Id, new LicenseChange.Reactivate()));
        Assert.Equal(LicenseStatus.Active, (await ChangeAsync(new LicenseChange.Reactivate())).License.Snapshot.Status);
    }

    [Fact]
    public async Task Every_role_does_what_it_may_and_no_more()
    {
        LicenseChange[] supports = [new LicenseChange.Suspend(), new LicenseChange.Reactivate(), new LicenseChange.Extend(1)];
        LicenseChange[] administrators =
        [
            new LicenseChange.Cancel(), new LicenseChange.SetExpiry(null), new LicenseChange.SetSeats(2), new LicenseChange.SetPlan("X"), new LicenseChange.SetNote("x"),
        ];
        foreach (var change in supports.Concat(administrators))
            await Assert.ThrowsAsync<ForbiddenException>(() => Service.ChangeAsync(Actors.Viewer, license.Id, change));
        foreach (var change in administrators)
            await Assert.ThrowsAsync<ForbiddenException>(() => Service.ChangeAsync(Actors.Support, license.Id, change));
        foreach (var change in supports.Concat(administrators))
            Assert.IsType<LicenseOutcome.Changed>(await Service.ChangeAsync(Actors.Administrator, license.Id, change));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task Seats_outside_the_limits_are_refused(int seats)
    {
        var invalid = Assert.IsType<LicenseOutcome.Invalid>(await Service.ChangeAsync(Actors.Administrator, license.Id, new LicenseChange.SetSeats(seats)));
        Assert.Equal("seats", Assert.Single(invalid.Errors).Field);
    }

    [Fact]
    public async Task A_license_that_is_not_there_is_not_found()
    {
        Assert.IsType<LicenseOutcome.NotFound>(await Service.ChangeAsync(Actors.Administrator, 999, new LicenseChange.Cancel()));
        Assert.Null(await Service.FindAsync(999));
        Assert.Equal("a@example.com", (await Service.FindAsync(license.Id))!.Snapshot.CustomerEmail);
    }

    [Fact]
    public async Task A_change_that_the_store_cannot_take_is_not_remembered_either()
    {
        await database.Writer.RunAsync(unit => Task.FromResult(database.Get<LicenseCache>().Find(new SqliteStoredSessions(unit, 0), license.Id)));
        watcher.Failure = new StoreUnavailableException("full");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Service.ChangeAsync(Actors.Administrator, license.Id, new LicenseChange.SetSeats(9)));
        Assert.Equal(1, database.Get<LicenseCache>().Recall(license.Id)!.Seats);
    }

    private async Task<LicenseOutcome.Changed> ChangeAsync(LicenseChange change, Actor? actor = null, int? version = null, string? reason = null) =>
        Assert.IsType<LicenseOutcome.Changed>(await Service.ChangeAsync(actor ?? Actors.Administrator, license.Id, change, version, reason));
}
