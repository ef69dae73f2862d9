using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

public sealed class SessionQueriesTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private TestDatabase database = null!;

    private SessionQueries Sessions => database.Get<SessionQueries>();

    private EventQueries Events => database.Get<EventQueries>();

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddSingleton<SessionQueries>().AddSingleton<EventQueries>());
        await database.Writer.RunAsync(async unit =>
        {
            for (var i = 0; i < 120; i++)
            {
                var at = Start.AddMinutes(i);
                unit.Db.SessionHistory.Add(new PastSession
                {
                    SessionId = Guid.CreateVersion7(new DateTimeOffset(at)),
                    LicenseId = 1 + (i % 3),
                    CustomerId = 1,
                    CustomerEmail = i % 2 == 0 ? "even@example.com" : "odd@example.com",
                    KeyMasked = "ABCD-…-WXYZ",
                    Plan = "MONTHLY",
                    Device = $"dev{i % 12:d2}",
                    Address = $"10.0.0.{i % 10}",
                    StartedAt = at,
                    EndedAt = i < 110 ? at.AddMinutes(1) : null,
                    EndReason = i >= 110 ? null : i % 5 == 0 ? EndReason.ForcedLogout : EndReason.TimedOut,
                });
                unit.Db.SessionEvents.Add(new SessionEvent
                {
                    At = at,
                    LastAt = at,
                    Kind = i % 4 == 0 ? EventKind.Refused : EventKind.LoggedIn,
                    Code = i % 8 == 0 ? "session_conflict" : i % 4 == 0 ? "unknown_key" : null,
                    LicenseId = i % 8 == 4 ? null : 1 + (i % 3),
                    CustomerEmail = "even@example.com",
                    Device = $"dev{i % 12:d2}",
                    Address = $"10.0.0.{i % 10}",
                });
                await unit.Db.SaveChangesAsync();
            }
        });
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Pages_go_forth_and_back_over_the_same_rows_and_end_at_both_ends()
    {
        var first = await Sessions.ReadAsync(new(), PageRequest.First);
        var second = await Sessions.ReadAsync(new(), new(After: first.Next));
        var third = await Sessions.ReadAsync(new(), new(After: second.Next));
        Assert.Equal((50, 50, 20), (first.Items.Count, second.Items.Count, third.Items.Count));
        Assert.Null(first.Previous);
        Assert.Null(third.Next);
        Assert.Equal(120, first.Items.Concat(second.Items).Concat(third.Items).Select(r => r.SessionId).Distinct().Count());
        Assert.True(first.Items[0].StartedAt > first.Items[^1].StartedAt && first.Items[^1].StartedAt > second.Items[0].StartedAt);

        var back = await Sessions.ReadAsync(new(), new(Before: third.Previous));
        Assert.Equal(second.Items.Select(r => r.SessionId), back.Items.Select(r => r.SessionId));
        var start = await Sessions.ReadAsync(new(), new(Before: back.Previous));
        Assert.Equal(first.Items.Select(r => r.SessionId), start.Items.Select(r => r.SessionId));
        Assert.Null(start.Previous);
    }

    public static TheoryData<SessionFilter, int> SessionFilters => new()
    {
        { new(), 120 },
        { new(LicenseId: 2), 40 },
        { new(Device: TextMatch.Parse("=dev03")), 10 },
        { new(Device: TextMatch.Parse("dev0")), 100 },
        { new(Address: TextMatch.Parse("10.0.0.3")), 12 },
        { new(Address: TextMatch.Parse("=10.0.0")), 0 },
        { new(Customer: TextMatch.Parse("EVEN@")), 0 },
        { new(End: EndReason.ForcedLogout), 22 },
        { new(IsLive: true), 10 },
        { new(LicenseId: 1, End: EndReason.ForcedLogout), 8 },
        { new(LicenseId: 1, IsLive: true), 3 },
        { new(From: Start.AddMinutes(10), To: Start.AddMinutes(20)), 10 },
        { new(LicenseId: 1, Device: TextMatch.Parse("dev00"), Address: TextMatch.Parse("10.0.0.0"), From: Start.AddMinutes(1)), 1 },
    };

    [Theory, MemberData(nameof(SessionFilters))]
    public async Task A_filter_finds_what_it_says(SessionFilter filter, int expected)
    {
        Assert.Equal(new Counted(expected, OrMore: false), await Sessions.CountAsync(filter));
        var streamed = new List<PastSession>();
        await foreach (var record in Sessions.StreamAsync(filter)) streamed.Add(record);
        Assert.Equal(expected, streamed.Count);
    }

    public static TheoryData<EventFilter, int> EventFilters => new()
    {
        { new(), 120 },
        { new(Kind: EventKind.Refused), 30 },
        { new(Kind: EventKind.Refused, Code: "session_conflict"), 15 },
        { new(LicenseId: 1, Kind: EventKind.Refused), 5 },
        { new(LicenseId: 1, Kind: EventKind.Refused, Code: "session_conflict"), 5 },
        { new(Device: TextMatch.Parse("dev00")), 10 },
        { new(Address: TextMatch.Parse("=10.0.0.3")), 12 },
        { new(From: Start.AddMinutes(100)), 20 },
        { new(To: Start.AddMinutes(100)), 100 },
        { new(SessionId: Guid.Empty), 0 },
    };

    [Theory, MemberData(nameof(EventFilters))]
    public async Task An_event_filter_finds_what_it_says(EventFilter filter, int expected)
    {
        Assert.Equal(new Counted(expected, OrMore: false), await Events.CountAsync(filter));
        var page = await Events.ReadAsync(filter, new(Size: 1000));
        Assert.Equal(expected, page.Items.Count);
        Assert.Equal(page.Items.OrderByDescending(e => e.Id).Select(e => e.Id), page.Items.Select(e => e.Id));
    }

    [Fact]
    public async Task A_key_that_is_none_is_said_to_be_none() =>
        await Assert.ThrowsAsync<FormatException>(() => Sessions.ReadAsync(new(), new(After: "x' OR 1")));
}
