using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class LicenseIssuerTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private LicenseIssuer Issuer => database.Get<LicenseIssuer>();

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(add: services => services.AddLicensing());

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_license_is_stored_with_its_key_hashed_and_encrypted_and_its_customer_created()
    {
        var outcome = await Issuer.IssueAsync(Actors.Administrator, new(" Anna@Example.com ", new LicenseTerm.Days(30), " GOLD ", Seats: 3, Note: " by phone ", CustomerName: "Anna"));

        var issued = Assert.Single(Assert.IsType<IssueOutcome.Issued>(outcome).Licenses);
        await using var context = database.OpenContext();
        var license = await context.Licenses.Include(l => l.Customer).SingleAsync();
        Assert.Equal(issued.Id, license.Id);
        Assert.Equal(KeyHash.Of(issued.Key).ToBytes(), license.KeyHash);
        Assert.Equal(LicenseKey.Mask(issued.Key), license.KeyMasked);
        Assert.Equal(("GOLD", 3, "by phone", LicenseStatus.Active, 1), (license.Plan, license.Seats, license.Note, license.Status, license.Version));
        Assert.Equal(database.Time.Now.UtcDateTime.AddDays(30), license.ExpiresAt);
        Assert.Equal(database.Time.Now.UtcDateTime, license.CreatedAt);
        Assert.Equal(("anna@example.com", "Anna"), (license.Customer!.Email, license.Customer.Name));
        var file = await File.ReadAllTextAsync(database.Database.FilePath + "-wal", System.Text.Encoding.Latin1);
        Assert.DoesNotContain(issued.Key, file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_audited_in_its_own_unit_with_the_key_masked()
    {
        var outcome = await Issuer.IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Lifetime()));
        var key = Assert.IsType<IssueOutcome.Issued>(outcome).Licenses[0].Key;

        await using var context = database.OpenContext();
        var entry = await context.AuditEntries.SingleAsync();
        Assert.Equal(("license.create", "license", "admin@example.com", "192.0.2.1"), (entry.Action, entry.TargetKind, entry.Actor, entry.Address));
        Assert.Contains(LicenseKey.Mask(key), entry.After, StringComparison.Ordinal);
        Assert.DoesNotContain(key, entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_order_is_durable_unit_by_unit_and_audited_once()
    {
        var given = new List<int>();
        var outcome = await Issuer.IssueAsync(Actors.Administrator, new("bulk@example.com", new LicenseTerm.Lifetime(), Count: 1100), durable =>
        {
            given.Add(durable.Count);
            using var context = database.OpenContext();
            Assert.Equal(given.Sum(), context.Licenses.Count());
        });

        Assert.Equal(1100, Assert.IsType<IssueOutcome.Issued>(outcome).Licenses.Select(l => l.Key).Distinct().Count());
        Assert.All(given, count => Assert.InRange(count, 1, Writer.MostRows - 2));
        await using var context = database.OpenContext();
        Assert.Equal(1, await context.Customers.CountAsync());
        Assert.Contains("\"count\":1100", (await context.AuditEntries.SingleAsync()).After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_who_is_there_keeps_his_name_and_gets_the_license()
    {
        await Issuer.IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Lifetime(), CustomerName: "Anna"));
        await Issuer.IssueAsync(Actors.Administrator, new("A@example.com", new LicenseTerm.Lifetime(), CustomerName: "Bert"));

        await using var context = database.OpenContext();
        var customer = await context.Customers.Include(c => c.Licenses).SingleAsync();
        Assert.Equal(("Anna", 2), (customer.Name, customer.Licenses.Count));
    }

    [Fact]
    public async Task Every_mistake_of_an_order_is_told_at_once_and_nothing_is_stored()
    {
        var order = new LicenseOrder("nobody", new LicenseTerm.Days(0), new string('x', 41), Seats: 1001, Count: 0, Note: new string('x', 2001), CustomerName: new string('x', 201));
        var invalid = Assert.IsType<IssueOutcome.Invalid>(await Issuer.IssueAsync(Actors.Administrator, order));

        Assert.Equal(["count", "days", "email", "name", "note", "plan", "seats"], invalid.Errors.Select(e => e.Field).Order());
        Assert.All(invalid.Errors, error => Assert.Contains("; ", error.Message, StringComparison.Ordinal));
        await using var context = database.OpenContext();
        Assert.False(await context.Customers.AnyAsync() || await context.AuditEntries.AnyAsync());
    }

    [Fact]
    public async Task An_expiry_that_has_passed_is_refused()
    {
        var order = new LicenseOrder("a@example.com", new LicenseTerm.Until(database.Time.Now.UtcDateTime));
        var invalid = Assert.IsType<IssueOutcome.Invalid>(await Issuer.IssueAsync(Actors.Administrator, order));
        Assert.Equal("expires_at", Assert.Single(invalid.Errors).Field);
    }

    [Fact]
    public async Task Only_an_administrator_makes_licenses() => await Assert.ThrowsAsync<ForbiddenException>(() =>
        Issuer.IssueAsync(Actors.Support, new("a@example.com", new LicenseTerm.Lifetime())));

    [Fact]
    public async Task An_administrator_sees_a_key_again_and_the_audit_log_says_so()
    {
        var issued = Assert.IsType<IssueOutcome.Issued>(await Issuer.IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Lifetime()))).Licenses[0];
        var vault = database.Get<KeyVault>();

        Assert.Equal(issued.Key, Assert.IsType<RevealOutcome.Revealed>(await vault.RevealAsync(Actors.Administrator, issued.Id, "lost by customer")).Key);
        Assert.IsType<RevealOutcome.NotFound>(await vault.RevealAsync(Actors.Administrator, issued.Id + 1));
        await Assert.ThrowsAsync<ForbiddenException>(() => vault.RevealAsync(Actors.Support, issued.Id));

        await using var context = database.OpenContext();
        var entry = await context.AuditEntries.SingleAsync(a => a.Action == "license.reveal");
        Assert.Equal("lost by customer", entry.Reason);
        Assert.DoesNotContain(issued.Key, entry.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_whose_key_ring_is_gone_is_said_to_be_unreadable_and_not_audited_as_shown()
    {
        var issued = Assert.IsType<IssueOutcome.Issued>(await Issuer.IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Lifetime()))).Licenses[0];
        await database.Writer.RunAsync(unit => Task.FromResult(unit.Execute("UPDATE \"Licenses\" SET \"KeyEncrypted\" = 'CfDJ8gone'")));

        Assert.IsType<RevealOutcome.Unreadable>(await database.Get<KeyVault>().RevealAsync(Actors.Administrator, issued.Id));
        await using var context = database.OpenContext();
        Assert.False(await context.AuditEntries.AnyAsync(a => a.Action == "license.reveal"));
    }

    [Fact]
    public void A_key_is_masked_wherever_its_record_is_printed()
    {
        Assert.DoesNotContain("SECRETSECRET", new IssuedLicense(1, "SECRETSECRETSECRET").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETSECRET", new RevealOutcome.Revealed("SECRETSECRETSECRET").ToString(), StringComparison.Ordinal);
    }
}
