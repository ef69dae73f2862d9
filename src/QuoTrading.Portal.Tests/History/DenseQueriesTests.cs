using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

/// <summary>With so many rows that filters lead in turn, each way of reading finds the rows that a plain look at all of them finds.</summary>
public sealed class DenseQueriesTests(DenseQueriesTests.Filled filled) : IClassFixture<DenseQueriesTests.Filled>
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static TheoryData<string, SessionFilter> Filters => new()
    {
        { "all of many", new(Device: TextMatch.Parse("d")) },
        { "12,000", new(Device: TextMatch.Parse("d0")) },
        { "1,200", new(Device: TextMatch.Parse("=d03")) },
        { "two dense ones", new(Device: TextMatch.Parse("d0"), Address: TextMatch.Parse("10.0.1")) },
        { "three dense ones", new(Device: TextMatch.Parse("d0"), Address: TextMatch.Parse("10.0.1"), End: EndReason.Released) },
        { "dense and rare", new(Address: TextMatch.Parse("10."), End: EndReason.KeyReplaced) },
        { "dense and never", new(Address: TextMatch.Parse("10."), End: EndReason.LicenseDeleted) },
        { "rare and dense", new(Device: TextMatch.Parse("=d03"), End: EndReason.Released) },
        { "a license among dense ones", new(LicenseId: 7, Device: TextMatch.Parse("d"), End: EndReason.Released) },
        { "live among dense ones", new(Device: TextMatch.Parse("d"), IsLive: true) },
        { "a short time", new(From: Start.AddMinutes(100), To: Start.AddMinutes(400), Device: TextMatch.Parse("d0")) },
        { "a long time", new(From: Start.AddMinutes(100), Address: TextMatch.Parse("10.0.1"), End: EndReason.TimedOut) },
        { "many customers", new(Customer: TextMatch.Parse("many"), Address: TextMatch.Parse("10.0.1")) },
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task Whichever_filter_leads_the_rows_are_the_same(string name, SessionFilter filter)
    {
        Assert.NotEmpty(name);
        var expected = filled.Rows.Where(row => Matches(row, filter)).Select(row => row.SessionId).ToList();
        var first = await filled.Queries.ReadAsync(filter, PageRequest.First);
        Assert.Equal(expected.Take(50), first.Items.Select(row => row.SessionId));
        Assert.Equal(expected.Count > 50, first.Next is not null);
        if (first.Next is not null)
        {
            var second = await filled.Queries.ReadAsync(filter, new(After: first.Next));
            Assert.Equal(expected.Skip(50).Take(50), second.Items.Select(row => row.SessionId));
            var back = await filled.Queries.ReadAsync(filter, new(Before: second.Previous));
            Assert.Equal(first.Items.Select(row => row.SessionId), back.Items.Select(row => row.SessionId));
        }

        // Where it stops before the end it says so, and never says too many.
        var counted = await filled.Queries.CountAsync(filter);
        if (counted.OrMore) Assert.InRange(counted.Number, 0, Math.Min(expected.Count, RowCount.Most));
        else Assert.Equal(expected.Count, counted.Number);
    }

    private static bool Matches(PastSession row, SessionFilter filter) =>
        (filter.From is null || row.StartedAt >= filter.From) && (filter.To is null || row.StartedAt < filter.To)
        && (filter.LicenseId is null || row.LicenseId == filter.LicenseId)
        && IsLike(row.CustomerEmail, filter.Customer) && IsLike(row.Device, filter.Device) && IsLike(row.Address, filter.Address)
        && (filter.End is null || row.EndReason == filter.End) && (!filter.IsLive || row.EndedAt is null);

    private static bool IsLike(string text, TextMatch? match) =>
        match is null || (match.IsExact ? text == match.Text : text.StartsWith(match.Text, StringComparison.Ordinal));

    public sealed class Filled : IAsyncLifetime
    {
        private TestDatabase database = null!;

        internal SessionQueries Queries => database.Get<SessionQueries>();

        /// <summary>Newest first.</summary>
        internal IReadOnlyList<PastSession> Rows { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            database = await TestDatabase.CreateAsync(add: services => services.AddSingleton<SessionQueries>());
            await database.Writer.RunAsync(unit =>
            {
                unit.Execute("""
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                    INSERT INTO "Customers" ("Id", "Email", "CreatedAt") SELECT i, printf('many%d@example.com', i), '2026-01-01 00:00:00' FROM n
                    """);
                unit.Execute("""
                    INSERT INTO "Licenses" ("Id", "CustomerId", "KeyHash", "KeyEncrypted", "KeyMasked", "Plan", "Status", "Seats", "CreatedAt", "UpdatedAt", "Version")
                    SELECT "Id", "Id", CAST(printf('%032d', "Id") AS BLOB), '', 'K', 'MONTHLY', 'Active', 1, "CreatedAt", "CreatedAt", 1 FROM "Customers"
                    """);
                unit.Execute("""
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 59999)
                    INSERT INTO "SessionHistory" ("SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "Address", "Seat", "Interruptions", "StartedAt", "EndedAt", "EndReason")
                    SELECT printf('%08x-%04x-7000-8000-%012x', (@p0 + i * 60000) >> 16, (@p0 + i * 60000) & 65535, i), 1 + i % 300, 1 + i % 300, printf('many%d@example.com', 1 + i % 300), 'K', 'MONTHLY',
                           printf('d%02d', i * 7 % 50), printf('10.0.%d.%d', i / 50 % 16, i % 200), 1, 0, strftime('%Y-%m-%d %H:%M:%S', @p0 / 1000 + i * 60, 'unixepoch'),
                           CASE WHEN i % 1000 = 1 THEN NULL ELSE strftime('%Y-%m-%d %H:%M:%S', @p0 / 1000 + i * 60 + 30, 'unixepoch') END,
                           CASE WHEN i % 1000 = 1 THEN NULL WHEN i % 900 = 2 THEN 'KeyReplaced' WHEN i % 3 = 0 THEN 'TimedOut' ELSE 'Released' END
                    FROM n
                    """, new DateTimeOffset(Start).ToUnixTimeMilliseconds());
                return Task.CompletedTask;
            });
            await using var db = database.OpenContext();
            Rows = await db.SessionHistory.AsNoTracking().OrderByDescending(row => row.SessionId).ToListAsync();
        }

        public ValueTask DisposeAsync() => database.DisposeAsync();
    }
}
