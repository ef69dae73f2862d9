using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

public sealed class OverviewTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private Overview Overview => database.Get<Overview>();

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading());

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Licenses_and_refusals_are_counted_as_the_lists_behind_them_count()
    {
        foreach (var days in new[] { 3, 6, 20, 90 }) await IssueAsync(new LicenseTerm.Days(days));
        await IssueAsync(new LicenseTerm.Lifetime());
        await AddAsync(Event(-30, "session_conflict"), Event(-2, "session_conflict", count: 5), Event(-1, "unknown_key"), Event(-1, "session_conflict"));

        var read = await Overview.ReadAsync();

        Assert.Equal(new LicenseNumbers(5, 0, 0, 0, 2, 3), read.Licenses);
        Assert.Equal([new RefusalCount("session_conflict", 2, 6), new RefusalCount("unknown_key", 1, 1)], read.Refusals);
        Assert.Equal(["c3@example.com", "c6@example.com"], read.InWeek.Select(license => license.CustomerEmail));
        Assert.Equal(["c20@example.com"], read.InMonth.Select(license => license.CustomerEmail));
        Assert.Equal([4, 3, 2, 1], read.Newest.Select(e => e.Id));
    }

    [Fact]
    public async Task Of_all_who_look_within_seconds_one_asks_the_store()
    {
        var first = await Overview.ReadAsync();
        await AddAsync(Event(0, "unknown_key"));
        Assert.Same(first, await Overview.ReadAsync());
        database.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Single((await Overview.ReadAsync()).Newest);
    }

    [Fact]
    public async Task An_empty_portal_has_an_overview_too()
    {
        var read = await Overview.ReadAsync();
        Assert.Equal(new LicenseNumbers(0, 0, 0, 0, 0, 0), read.Licenses);
        Assert.Empty(read.Refusals);
        Assert.Empty((await Overview.ReadChartAsync(ChartSpan.Month)).Steps);
        Assert.Empty(await Overview.ReadSharedAsync());
    }

    [Theory]
    [InlineData(ChartSpan.Day, 24, 5)]
    [InlineData(ChartSpan.Week, 168, 30)]
    [InlineData(ChartSpan.Month, 720, 120)]
    public async Task The_chart_ends_with_the_step_that_runs(ChartSpan span, int hours, int minutes)
    {
        database.Time.Advance(TimeSpan.FromMinutes(61));
        var chart = await Overview.ReadChartAsync(span);
        Assert.Equal((TimeSpan.FromHours(hours), TimeSpan.FromMinutes(minutes)), (chart.To - chart.From, chart.Step));
        Assert.True(chart.To > Now && chart.To - chart.Step <= Now);
    }

    private SessionEvent Event(int hours, string code, int count = 1) => new()
    {
        At = Now.AddHours(hours),
        LastAt = Now.AddHours(hours),
        Count = count,
        Kind = EventKind.Refused,
        Code = code,
        Address = "192.0.2.1",
    };

    private Task AddAsync(params SessionEvent[] events) => database.Writer.RunAsync(async unit =>
    {
        foreach (var happened in events)
        {
            unit.Db.SessionEvents.Add(happened);
            await unit.Db.SaveChangesAsync();
        }
    });

    private async Task IssueAsync(LicenseTerm term) => Assert.IsType<IssueOutcome.Issued>(
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder($"c{(term is LicenseTerm.Days days ? days.Count : 0)}@example.com", term)));
}
