using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Import;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing.Import;

public sealed class LicenseImportTests : IAsyncLifetime
{
    private const string Header = "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n";
    private const string Two = "7,a@b.c,OldKey0000000001,MONTHLY,active,2026-12-31,2025-01-01\n8,d@e.f,OldKey0000000002,ADMIN,suspended,,\n";

    private readonly RecordingWatcher watcher = new();
    private TestDatabase database = null!;

    private LicenseImport Import => database.Get<LicenseImport>();

    public async ValueTask InitializeAsync() =>
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddLicenseImport().AddSingleton<ILicenseWatcher>(watcher));

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_file_is_taken_over_with_its_keys_as_they_are()
    {
        var report = await AcceptAsync(Two);
        Assert.Equal((2, 2, 0, 0), (report.Added, report.NewCustomers, report.AlreadyThere, report.Updated));

        await using var context = database.OpenContext();
        var license = await context.Licenses.Include(l => l.Customer).SingleAsync(l => l.Plan == "MONTHLY");
        Assert.Equal(KeyHash.Of("OldKey0000000001").ToBytes(), license.KeyHash);
        Assert.Equal(("a@b.c", "7"), (license.Customer!.Email, license.Customer.AccountId));
        Assert.Equal((new DateTime(2026, 12, 31), new DateTime(2025, 1, 1), 1), (license.ExpiresAt!.Value, license.CreatedAt, license.Seats));
        Assert.Equal("OldKey0000000001", Assert.IsType<RevealOutcome.Revealed>(await database.Get<KeyVault>().RevealAsync(Actors.Administrator, license.Id)).Key);
        var entry = await context.AuditEntries.SingleAsync(a => a.Action == "license.import");
        Assert.Equal("old.csv", entry.Target);
        Assert.Contains("\"sha256\":\"", entry.After, StringComparison.Ordinal);
        Assert.Contains("\"added\":2", entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        await AcceptAsync(Two);
        var report = await AcceptAsync(Two);
        Assert.Equal((0, 0, 2), (report.Added, report.NewCustomers, report.AlreadyThere));
        Assert.Empty(watcher.Seen);
    }

    [Fact]
    public async Task A_license_that_differs_stays_as_it_is_and_is_listed()
    {
        await AcceptAsync(Two);
        var report = await AcceptAsync("7,a@b.c,OldKey0000000001,GOLD,cancelled,,\n");
        var difference = Assert.Single(report.Differences);
        Assert.Equal("plan is MONTHLY, the file says GOLD; status is Active, the file says Cancelled; expiry is 2026-12-31 00:00:00 UTC, the file says never", difference.What);
        Assert.Equal((2, 0), (difference.Line, report.Updated));
        await using var context = database.OpenContext();
        Assert.False(await context.Licenses.AnyAsync(l => l.Plan == "GOLD"));
    }

    [Fact]
    public async Task With_update_it_takes_the_file_s_values_and_its_sessions_follow()
    {
        await AcceptAsync(Two);
        var report = await AcceptAsync("7,a@b.c,OldKey0000000001,GOLD,cancelled,,\n", update: true);
        Assert.Equal(1, report.Updated);
        Assert.Equal(LicenseStatus.Cancelled, Assert.Single(watcher.Seen).After!.Status);

        await using var context = database.OpenContext();
        var license = await context.Licenses.SingleAsync(l => l.Plan == "GOLD");
        Assert.Equal((LicenseStatus.Cancelled, (DateTime?)null, 2), (license.Status, license.ExpiresAt, license.Version));
        Assert.Equal(1, await context.AuditEntries.CountAsync(a => a.TargetKind == "license" && a.Action == "license.import"));
    }

    [Fact]
    public async Task A_key_of_another_customer_stops_the_whole_file()
    {
        await AcceptAsync(Two);
        var errors = await RefuseAsync("9,new@b.c,OldKey0000000003,M,active,,\n9,thief@b.c,OldKey0000000001,M,active,,\n");
        var error = Assert.Single(errors.Told);
        Assert.Equal(3, error.Line);
        Assert.DoesNotContain("OldKey0000000001", error.Message, StringComparison.Ordinal);
        await using var context = database.OpenContext();
        Assert.Equal(2, await context.Licenses.CountAsync());
        Assert.False(await context.Customers.AnyAsync(c => c.Email == "new@b.c"));
    }

    [Fact]
    public async Task One_bad_row_stops_the_whole_file()
    {
        await RefuseAsync(Two + ",nobody,k,M,active,,\n");
        await using var context = database.OpenContext();
        Assert.False(await context.Licenses.AnyAsync() || await context.Customers.AnyAsync() || await context.AuditEntries.AnyAsync());
    }

    [Fact]
    public async Task A_failure_in_the_middle_leaves_nothing_behind()
    {
        await AcceptAsync(Two);
        watcher.Failure = new InvalidOperationException();
        await Assert.ThrowsAsync<InvalidOperationException>(() => AcceptAsync("1,x@b.c,OldKey0000000009,M,active,,\n7,a@b.c,OldKey0000000001,GOLD,active,,\n", update: true));
        await using var context = database.OpenContext();
        Assert.Equal((2, 2), (await context.Licenses.CountAsync(), await context.Customers.CountAsync()));
    }

    [Fact]
    public async Task A_preview_says_what_an_import_would_do_and_does_nothing()
    {
        await AcceptAsync("7,a@b.c,OldKey0000000001,MONTHLY,active,2026-12-31,2025-01-01\n");
        var file = Read(Two);
        var preview = Assert.IsType<ImportOutcome.Accepted>(await Import.PreviewAsync(Actors.Administrator, file, update: false)).Report;
        Assert.Equal((1, 1, 1), (preview.Added, preview.NewCustomers, preview.AlreadyThere));
        await using var context = database.OpenContext();
        Assert.Equal(1, await context.Licenses.CountAsync());
        Assert.Equal(preview, await AcceptAsync(Two) with { Differences = preview.Differences, Notices = preview.Notices });
    }

    [Fact]
    public async Task Many_licenses_of_one_customer_share_him_whatever_the_size()
    {
        var report = await AcceptAsync(Many("M", 2000));
        Assert.Equal((2000, 1), (report.Added, report.NewCustomers));
    }

    [Fact]
    public async Task A_large_file_goes_in_steps_and_lets_clients_in_between()
    {
        await AcceptAsync(Many("M", 1000));
        var import = AcceptAsync(Many("GOLD", 1500), update: true);
        var served = 0;
        while (!import.IsCompleted)
        {
            await database.Writer.RunAsync(_ => Task.FromResult(true), first: true);
            served++;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var report = await import;
        Assert.Equal((500, 0, 0, 1000), (report.Added, report.NewCustomers, report.AlreadyThere, report.Updated));
        // Ten steps of a hundred updates, and two of new ones.
        Assert.InRange(served, 10, int.MaxValue);
        await using var context = database.OpenContext();
        Assert.Equal(1500, await context.Licenses.CountAsync(l => l.Plan == "GOLD"));
        Assert.Equal(2, await context.AuditEntries.CountAsync(a => a.TargetKind == "file"));
        Assert.Equal(1500, (await AcceptAsync(Many("GOLD", 1500), update: true)).AlreadyThere);
    }

    [Fact]
    public async Task A_large_import_that_breaks_off_keeps_what_it_has_and_the_same_file_does_the_rest()
    {
        await AcceptAsync(Many("M", 300));
        watcher.FailsAfter = 150;
        watcher.Failure = new StoreUnavailableException("full");
        var interrupted = await Assert.ThrowsAsync<ImportInterruptedException>(() => AcceptAsync(Many("GOLD", 300), update: true));
        await using var context = database.OpenContext();
        Assert.Equal(interrupted.Imported, await context.Licenses.CountAsync(l => l.Plan == "GOLD"));
        Assert.InRange(interrupted.Imported, 1, 150);

        watcher.Failure = null;
        var rest = await AcceptAsync(Many("GOLD", 300), update: true);
        Assert.Equal((300, 300 - interrupted.Imported), (rest.AlreadyThere + rest.Updated, rest.Updated));
    }

    [Fact]
    public async Task Two_imports_of_one_file_at_the_same_time_add_it_once()
    {
        var turn = new TaskCompletionSource();
        var holder = database.Writer.RunAsync(_ => turn.Task);
        Task<ImportReport>[] imports = [AcceptAsync(Two), AcceptAsync(Two)];
        turn.SetResult();
        await holder;

        var reports = await Task.WhenAll(imports);
        Assert.Equal([(0, 2), (2, 0)], reports.Select(r => (r.Added, r.AlreadyThere)).Order());
        await using var context = database.OpenContext();
        Assert.Equal((2, 2), (await context.Licenses.CountAsync(), await context.AuditEntries.CountAsync()));
    }

    [Fact]
    public async Task Only_an_administrator_imports()
    {
        await Assert.ThrowsAsync<ForbiddenException>(() => Import.ApplyAsync(Actors.Support, Read(Two), update: false));
        await Assert.ThrowsAsync<ForbiddenException>(() => Import.PreviewAsync(Actors.Support, Read(Two), update: false));
    }

    private static string Many(string plan, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{i},a@b.c,OldKey{i:0000000000},{plan},active,,\n"));

    private ImportFile Read(string rows) => Import.Read("old.csv", Encoding.UTF8.GetBytes(Header + rows));

    private async Task<ImportReport> AcceptAsync(string rows, bool update = false) =>
        Assert.IsType<ImportOutcome.Accepted>(await Import.ApplyAsync(Actors.Administrator, Read(rows), update)).Report;

    private async Task<ImportErrors> RefuseAsync(string rows) =>
        Assert.IsType<ImportOutcome.Rejected>(await Import.ApplyAsync(Actors.Administrator, Read(rows), update: false)).Errors;
}
