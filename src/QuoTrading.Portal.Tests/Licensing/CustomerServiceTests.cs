using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class CustomerServiceTests : IAsyncLifetime
{
    private readonly RecordingWatcher watcher = new();
    private TestDatabase database = null!;
    private long customer;

    private CustomerService Service => database.Get<CustomerService>();

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddSingleton<ILicenseWatcher>(watcher));
        var issued = await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("aad@example.com", new LicenseTerm.Lifetime(), Count: 2, CustomerName: "Aad"));
        customer = Assert.IsType<IssueOutcome.Issued>(issued).CustomerId;
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("bert@example.com", new LicenseTerm.Lifetime()));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_correction_is_stored_audited_and_told_for_each_license_and_memory_follows()
    {
        var id = (await database.Get<LicenseQueries>().TargetsAsync(new LicenseFilter("aad"), 1))[0].Id;
        await database.Writer.RunAsync(unit => Task.FromResult(database.Get<LicenseCache>().Find(new SqliteStoredSessions(unit, 0), id)));
        var outcome = await Service.CorrectAsync(Actors.Administrator, customer, new(" Ada@Example.com ", " Ada "), new("aad@example.com", "Aad"), "misspelt");

        Assert.Equal(new CustomerOutcome.Corrected(new("ada@example.com", "Ada"), 2), outcome);
        Assert.Equal(2, watcher.Seen.Count);
        Assert.All(watcher.Seen, seen => Assert.Equal(("aad@example.com", "ada@example.com", "misspelt"), (seen.Before.CustomerEmail, seen.After!.CustomerEmail, seen.Reason)));
        Assert.Equal("ada@example.com", database.Get<LicenseCache>().Recall(id)!.CustomerEmail);
        await using var context = database.OpenContext();
        Assert.Equal(("ada@example.com", "Ada"), await context.Customers.Where(c => c.Id == customer).Select(c => ValueTuple.Create(c.Email, c.Name)).SingleAsync());
        var entry = await context.AuditEntries.SingleAsync(a => a.Action == "customer.edit");
        Assert.Equal(("customer", $"{customer}", "misspelt"), (entry.TargetKind, entry.Target, entry.Reason));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_nothing_is_written()
    {
        Assert.Equal("email", Assert.Single(Assert.IsType<CustomerOutcome.Invalid>(await Service.CorrectAsync(Actors.Administrator, customer, new("nobody", null))).Errors).Field);
        Assert.Contains("Another customer", Assert.Single(Assert.IsType<CustomerOutcome.Invalid>(await Service.CorrectAsync(Actors.Administrator, customer, new("bert@example.com", null))).Errors).Message, StringComparison.Ordinal);
        Assert.Equal(new CustomerOutcome.Outdated(new("aad@example.com", "Aad")), await Service.CorrectAsync(Actors.Administrator, customer, new("ada@example.com", null), new("old@example.com", null)));
        Assert.IsType<CustomerOutcome.Unchanged>(await Service.CorrectAsync(Actors.Administrator, customer, new("AAD@example.com", "Aad")));
        Assert.IsType<CustomerOutcome.NotFound>(await Service.CorrectAsync(Actors.Administrator, -1, new("ada@example.com", null)));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.CorrectAsync(Actors.Support, customer, new("ada@example.com", null)));
        Assert.Empty(watcher.Seen);
        await using var context = database.OpenContext();
        Assert.False(await context.AuditEntries.AnyAsync(a => a.Action == "customer.edit"));
    }
}
