using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts.Audit;

public sealed class AuditQueriesTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private AuditQueries Queries => database.Get<AuditQueries>();

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddSingleton<AuditQueries>().AddSingleton<AuditLog>());
        for (var i = 0; i < 60; i++)
        {
            await database.Writer.RunAsync(unit =>
            {
                database.Get<AuditLog>().Add(unit.Db, i % 2 == 0 ? Actors.Administrator : Actors.Viewer, i % 3 == 0 ? "license.suspend" : "session.logout", i % 3 == 0 ? "license" : "session", $"{i % 12}");
                return Task.CompletedTask;
            });
            database.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Only_an_administrator_reads_it()
    {
        foreach (var actor in new[] { Actors.Viewer, Actors.Support })
        {
            await Assert.ThrowsAsync<ForbiddenException>(() => Queries.ReadAsync(actor, new(), PageRequest.First));
            await Assert.ThrowsAsync<ForbiddenException>(() => Queries.CountAsync(actor, new()));
            await Assert.ThrowsAsync<ForbiddenException>(async () => await Queries.StreamAsync(actor, new()).GetAsyncEnumerator().MoveNextAsync());
        }
    }

    [Fact]
    public async Task Pages_go_forth_and_back()
    {
        var first = await Queries.ReadAsync(Actors.Administrator, new(), PageRequest.First);
        var second = await Queries.ReadAsync(Actors.Administrator, new(), new(After: first.Next));
        Assert.Equal((50, 10), (first.Items.Count, second.Items.Count));
        var back = await Queries.ReadAsync(Actors.Administrator, new(), new(Before: second.Previous));
        Assert.Equal(first.Items.Select(a => a.Id), back.Items.Select(a => a.Id));
        Assert.Equal(60, first.Items[0].Id);
    }

    [Fact]
    public async Task Each_filter_finds_what_it_says()
    {
        var noon = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        foreach (var (filter, expected) in new (AuditFilter, int)[]
        {
            (new(), 60), (new(Actor: TextMatch.Parse("admin@")), 30), (new(Actor: TextMatch.Parse("=admin@")), 0), (new(Action: TextMatch.Parse("license.")), 20),
            (new(TargetKind: "license"), 20), (new(TargetKind: "license", Target: TextMatch.Parse("=9")), 5), (new(Target: TextMatch.Parse("1")), 15),
            (new(From: noon.AddMinutes(30)), 30), (new(To: noon.AddMinutes(30)), 30), (new(From: noon.AddMinutes(10), To: noon.AddMinutes(12)), 2),
            (new(From: noon.AddYears(1)), 0), (new(To: noon.AddYears(-1)), 0), (new(From: noon.AddYears(-1)), 60),
        })
            Assert.Equal((filter, new Counted(expected, false)), (filter, await Queries.CountAsync(Actors.Administrator, filter)));
    }

    [Theory]
    [InlineData("""{"seats":1,"plan":"A","expires_at":null}""", """{"seats":2,"plan":"A","expires_at":"2026-01-01T00:00:00Z"}""", "seats: 1 → 2|expires at: – → 2026-01-01T00:00:00Z")]
    [InlineData(null, """{"seats":2,"on":true}""", "seats: – → 2|on: – → yes")]
    [InlineData("""{"a":{"b":1}}""", null, """a: {"b":1} → –""")]
    [InlineData("no json", """{"a":1}""", """: no json → {"a":1}""")]
    [InlineData(null, null, "")]
    public void A_change_is_told_field_by_field(string? before, string? after, string expected)
    {
        var entry = new AuditEntry { Actor = "a", Action = "b", TargetKind = "c", Target = "d", Before = before, After = after };
        Assert.Equal(expected, string.Join('|', AuditDifference.Of(entry).Select(d => $"{d.Field}: {d.Before ?? "–"} → {d.After ?? "–"}")));
    }
}
