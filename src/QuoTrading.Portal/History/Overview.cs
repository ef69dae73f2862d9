using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// What the overview shows, read together and shared by all open pages: the store is queried at most once every few seconds.
/// Live sessions come from <see cref="IOnlineMonitor"/>.
/// </summary>
public sealed class Overview(
    IDbContextFactory<PortalDbContext> contexts, LicenseQueries licenses, SharingRanking sharing, EventQueries events, ConcurrencyHistory concurrency, TimeProvider time)
{
    private const int Listed = 10;
    private const int Newest = 15;

    private readonly Cached<OverviewNumbers> numbers = new(TimeSpan.FromSeconds(3), time);

    private readonly Dictionary<ChartSpan, Cached<ConcurrencyChart>> charts =
        Enum.GetValues<ChartSpan>().ToDictionary(span => span, _ => new Cached<ConcurrencyChart>(TimeSpan.FromSeconds(20), time));

    /// <summary>At most three seconds old.</summary>
    public Task<OverviewNumbers> ReadAsync(CancellationToken cancel = default) => numbers.GetAsync(ReadNumbersAsync, cancel);

    /// <summary>How many sessions were live, up to now; at most twenty seconds old.</summary>
    public Task<ConcurrencyChart> ReadChartAsync(ChartSpan span, CancellationToken cancel = default) => charts[span].GetAsync(token => ReadChartNowAsync(span, token), cancel);

    /// <summary>All licenses with signs of sharing, the likeliest first; at most a minute old.</summary>
    public Task<IReadOnlyList<SharedLicense>> ReadSharedAsync(CancellationToken cancel = default) => sharing.ReadAsync(cancel);

    private async Task<OverviewNumbers> ReadNumbersAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var standings = await licenses.CountStandingsAsync(cancel);
        var refusals = await ReadRefusalsAsync(now.AddDays(-1), cancel);
        var newest = await events.ReadAsync(new EventFilter(), new PageRequest(Size: Newest), cancel);
        var existing = await licenses.WhichExistAsync(newest.Items.Select(one => one.LicenseId).OfType<long>(), cancel);
        var week = await ReadExpiringAsync(now, now.AddDays(7), cancel);
        var month = await ReadExpiringAsync(now.AddDays(7), now.AddDays(30), cancel);
        return new OverviewNumbers(now, standings, refusals, newest.Items, existing, week, month);
    }

    private async Task<IReadOnlyList<LicenseItem>> ReadExpiringAsync(DateTime from, DateTime to, CancellationToken cancel) =>
        (await licenses.ReadAsync(new LicenseFilter(Standing: LicenseStanding.Active, ExpiresFrom: from, ExpiresTo: to), LicenseOrdering.Expiry, new PageRequest(Size: Listed), cancel)).Items;

    private async Task<IReadOnlyList<RefusalCount>> ReadRefusalsAsync(DateTime since, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var first = await EventQueries.FirstAtAsync(db, since, cancel);
        var found = await db.SessionEvents.Where(e => e.Kind == EventKind.Refused && e.Id >= first && e.Code != null)
            .GroupBy(e => e.Code!).Select(group => new { Code = group.Key, Events = group.Count(), Requests = group.Sum(e => e.Count) }).ToListAsync(cancel);
        return [.. found.OrderByDescending(group => group.Events).ThenBy(group => group.Code, StringComparer.Ordinal).Select(group => new RefusalCount(group.Code, group.Events, group.Requests))];
    }

    private async Task<ConcurrencyChart> ReadChartNowAsync(ChartSpan span, CancellationToken cancel)
    {
        var (length, step) = span switch
        {
            ChartSpan.Day => (TimeSpan.FromDays(1), TimeSpan.FromMinutes(5)),
            ChartSpan.Week => (TimeSpan.FromDays(7), TimeSpan.FromMinutes(30)),
            _ => (TimeSpan.FromDays(30), TimeSpan.FromHours(2)),
        };
        var now = time.GetUtcNow().UtcDateTime;
        // Steps are aligned to the clock, so that they are the same at the next read.
        var to = new DateTime(now.Ticks - (now.Ticks % step.Ticks), DateTimeKind.Utc) + step;
        return new ConcurrencyChart(span, to - length, to, step, await concurrency.ReadAsync(to - length, to, step, cancel));
    }
}

/// <summary>How far back the chart goes: 24 hours, 7 or 30 days.</summary>
public enum ChartSpan
{
    Day,
    Week,
    Month,
}

/// <summary>Refusals with the same reason.</summary>
/// <param name="Code">As <see cref="WireNames"/> writes it.</param>
/// <param name="Events">Equal refusals within a minute count once, as in the list of events.</param>
/// <param name="Requests">Every refusal counts.</param>
public sealed record RefusalCount(string Code, int Events, int Requests);

/// <summary>The numbers and lists of the overview.</summary>
/// <param name="At">UTC: when they were read.</param>
/// <param name="Refusals">Of the last 24 hours, the most frequent first.</param>
/// <param name="Newest">The newest events, the newest first.</param>
/// <param name="Existing">The licenses of those events that still exist.</param>
/// <param name="InWeek">Active licenses that expire within 7 days, the soonest first; ten at most.</param>
/// <param name="InMonth">Active licenses that expire after that and within 30 days; ten at most.</param>
public sealed record OverviewNumbers(
    DateTime At,
    LicenseNumbers Licenses,
    IReadOnlyList<RefusalCount> Refusals,
    IReadOnlyList<SessionEvent> Newest,
    IReadOnlySet<long> Existing,
    IReadOnlyList<LicenseItem> InWeek,
    IReadOnlyList<LicenseItem> InMonth);

/// <summary>The most sessions that were live in each time step; steps in which the portal did not run are missing.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">UTC, not included.</param>
public sealed record ConcurrencyChart(ChartSpan Span, DateTime From, DateTime To, TimeSpan Step, IReadOnlyList<ConcurrentSessions> Steps);
