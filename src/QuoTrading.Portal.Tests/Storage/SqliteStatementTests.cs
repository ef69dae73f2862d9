using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Storage;

/// <summary>What the writer binds by itself is stored as the model stores it.</summary>
public sealed class SqliteStatementTests : IAsyncLifetime
{
    private const string AddRecord = """
        INSERT INTO "SessionHistory" ("SessionId", "StartedAt", "EndedAt", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "Address",
            "DeviceName", "Seat", "EndedMs", "EndReason", "Interruptions") VALUES (@p0, @p2, @p3, @p1, @p1, @p4, @p4, @p4, @p4, @p4, @p5, @p6, @p7, @p8, 0)
        """;

    private const string AddCustomer = """INSERT INTO "Customers" ("Email", "CreatedAt") VALUES (@p0, @p1)""";

    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_230_000)]
    public async Task Every_kind_of_value_is_read_as_it_was_given(long ticks)
    {
        var id = Guid.CreateVersion7();
        var at = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(ticks);
        var text = new string('é', 300) + "😀";
        await RunAsync(unit => unit.Execute(AddRecord, id, 7L, at, at.AddDays(1), text, null, 3, long.MaxValue, EndReason.ForcedLogout));

        await using var context = database.OpenContext();
        var read = await context.SessionHistory.SingleAsync(r => r.SessionId == id && r.StartedAt == at && r.EndReason == EndReason.ForcedLogout);
        Assert.Equal((7, at.AddDays(1), text, null, 3, long.MaxValue), (read.LicenseId, read.EndedAt, read.Device, read.DeviceName, read.Seat, read.EndedMs));
    }

    [Fact]
    public async Task A_text_is_no_longer_than_it_is_after_a_longer_one()
    {
        await RunAsync(unit => unit.Insert(AddCustomer, new string('x', 5000), database.Time.Now.UtcDateTime));
        await RunAsync(unit => unit.Insert(AddCustomer, "short@example.com", database.Time.Now.UtcDateTime));
        await using var context = database.OpenContext();
        Assert.Equal([17, 5000], await context.Customers.Select(c => c.Email.Length).Order().ToListAsync());
    }

    [Fact]
    public async Task A_statement_that_failed_says_why_and_works_again()
    {
        var (first, second) = (0L, 0L);
        await RunAsync(unit =>
        {
            first = unit.Insert(AddCustomer, "one@example.com", database.Time.Now.UtcDateTime);
            var failure = Assert.Throws<SqliteException>(() => unit.Insert(AddCustomer, "one@example.com", database.Time.Now.UtcDateTime));
            Assert.Equal(19, failure.SqliteErrorCode);
            second = unit.Insert(AddCustomer, "two@example.com", database.Time.Now.UtcDateTime);
            return 0;
        });

        await using var context = database.OpenContext();
        Assert.Equal([("one@example.com", first), ("two@example.com", second)], (await context.Customers.OrderBy(c => c.Email).ToListAsync()).Select(c => (c.Email, c.Id)));
    }

    [Fact]
    public async Task Rows_are_counted_and_a_number_that_is_not_there_is_zero() => await RunAsync(unit =>
    {
        for (var i = 0; i < 3; i++) unit.Execute(AddCustomer, $"{i}@example.com", database.Time.Now.UtcDateTime);
        Assert.Equal(2, unit.Execute("""UPDATE "Customers" SET "Name" = @p0 WHERE "Email" > @p1""", "x", "1"));
        Assert.Equal(0, unit.Execute("""UPDATE "Customers" SET "Name" = @p0 WHERE "Email" > @p1""", "x", "9"));
        Assert.Equal(0, unit.Execute("""SELECT "Id" FROM "Customers" """));
        Assert.Equal(0, unit.ExecuteScalar("""SELECT "Id" FROM "Customers" WHERE "Email" = @p0""", "nobody"));
        return 0;
    });

    [Fact]
    public async Task Two_statements_at_once_are_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(unit => unit.Execute("""DELETE FROM "Customers"; DELETE FROM "Licenses" """)));

    private Task<long> RunAsync(Func<WriteUnit, long> work) => database.Writer.RunAsync(unit => Task.FromResult(work(unit)));
}
