using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.History;
using QuoTrading.Portal.History.Retention;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

/// <summary><c>history_retention_days</c> acts: on what is over, on all of it, and on nothing else.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private SessionSweeper sweeper = null!;
    private Task running = Task.CompletedTask;

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services =>
        {
            services.AddLicensing();
            services.AddSessions(new ConfigurationBuilder().Build()).AddHistory().AddPortalHealth(new ConfigurationBuilder().Build());
        });
        sweeper = database.Get<SessionSweeper>();
        await sweeper.StartAsync();
        running = Task.Run(database.Get<CommitLoop>().RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await sweeper.StopAsync(running);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task What_ended_before_the_days_goes_in_units_of_at_most_five_hundred_and_what_is_younger_stays()
    {
        await AddAsync(1201, ended: Now.AddDays(-366));
        await AddAsync(3, ended: Now.AddDays(-364));
        var unit = await database.Writer.RunAsync(u => Task.FromResult(ExpiredRows.All[0].Delete(u, new Instant(long.MaxValue, Now), 365)));
        Assert.Equal(500, unit);

        // Of each session one row, one event, one minute; one device a session, which stays.
        Assert.Equal(701 + 1201 + 1201, await Pruner().PruneAsync(365, CancellationToken.None));
        await using var db = database.OpenContext();
        Assert.Equal((3, 3, 3), (await db.SessionHistory.CountAsync(), await db.SessionEvents.CountAsync(), await db.ConcurrentSessions.CountAsync()));
        Assert.Equal(1204, await db.LicenseDevices.CountAsync());
    }

    [Fact]
    public async Task Live_sessions_marks_and_the_audit_log_stay_however_old_they_are()
    {
        var old = Now.AddDays(-3000);
        await AddAsync(1, ended: null, started: old);
        await database.Writer.RunAsync(unit =>
        {
            unit.Db.DeviceMarks.Add(new DeviceMark { LicenseId = 1, Device = "d", Kind = MarkKind.KeptOut, SetAt = old, SetBy = "admin@example.com" });
            unit.Db.AuditEntries.Add(new AuditEntry { At = old, Actor = "a", Action = "session.logout", TargetKind = "session", Target = "t" });
            return Task.CompletedTask;
        });

        // Its login event and its minute; the session is not over.
        Assert.Equal(2, await Pruner().PruneAsync(1, CancellationToken.None));
        await using var db = database.OpenContext();
        Assert.Equal((1, 1, 1), (await db.SessionHistory.CountAsync(), await db.DeviceMarks.CountAsync(), await db.AuditEntries.CountAsync()));
    }

    [Fact]
    public async Task A_session_that_may_still_resume_keeps_its_row_though_days_of_downtime_have_passed()
    {
        var nowMs = database.Get<ServiceClock>().Now().Ms;
        await AddAsync(1, ended: Now.AddDays(-5), endedMs: nowMs - 60_000);
        await Pruner().PruneAsync(1, CancellationToken.None);
        await using var db = database.OpenContext();
        Assert.Equal(1, await db.SessionHistory.CountAsync());
    }

    [Fact]
    public async Task An_event_that_was_still_counted_lately_stays()
    {
        await database.Writer.RunAsync(unit =>
        {
            unit.Db.SessionEvents.Add(new SessionEvent { At = Now.AddDays(-2), LastAt = Now.AddHours(-1), Count = 2, Kind = EventKind.Refused });
            return Task.CompletedTask;
        });
        await Pruner().PruneAsync(1, CancellationToken.None);
        await using var db = database.OpenContext();
        Assert.Equal(1, await db.SessionEvents.CountAsync());
    }

    [Fact]
    public async Task Devices_are_forgotten_after_four_hundred_days_or_when_history_is_where_that_is_kept_longer()
    {
        await AddDeviceAsync("a", 399);
        await AddDeviceAsync("b", 401);
        Assert.Equal(0, await Pruner().PruneAsync(500, CancellationToken.None));
        Assert.Equal(1, await Pruner().PruneAsync(1, CancellationToken.None));
        await using var db = database.OpenContext();
        Assert.Equal("a", (await db.LicenseDevices.SingleAsync()).Device);
    }

    [Fact]
    public async Task It_runs_some_minutes_after_the_start_then_once_an_hour_and_at_once_when_the_days_are_lowered()
    {
        var pruner = Pruner();
        Assert.Null(await pruner.TickAsync(CancellationToken.None));
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.NotNull(await pruner.TickAsync(CancellationToken.None));
        await PassAsync(TimeSpan.FromMinutes(59));
        Assert.Null(await pruner.TickAsync(CancellationToken.None));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.NotNull(await pruner.TickAsync(CancellationToken.None));

        await AddAsync(1, ended: Now.AddDays(-40));
        await database.Get<ISessionService>().ChangeSettingsAsync(Actors.Administrator, new SessionSettingsChange(HistoryRetentionDays: 400));
        Assert.Null(await pruner.TickAsync(CancellationToken.None));
        await database.Get<ISessionService>().ChangeSettingsAsync(Actors.Administrator, new SessionSettingsChange(HistoryRetentionDays: 30));
        Assert.Equal(3, await pruner.TickAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_deleted_while_the_clock_is_in_doubt()
    {
        await AddAsync(1, ended: Now);
        var pruner = Pruner();
        await PassAsync(TimeSpan.FromMinutes(5));
        database.Time.Now = database.Time.Now.AddYears(10);
        Assert.Null(await pruner.TickAsync(CancellationToken.None));
        await using var db = database.OpenContext();
        Assert.Equal(1, await db.SessionHistory.CountAsync());
    }

    [Fact]
    public async Task Every_statement_finds_its_rows_by_an_index()
    {
        await using var connection = database.Database.OpenConnection();
        foreach (var rows in ExpiredRows.All)
        {
            var plan = await ExplainAsync(connection, rows);
            Assert.All(plan, step => Assert.DoesNotContain("SCAN", step, StringComparison.Ordinal));
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            Assert.Contains(plan, step => step.StartsWith($"SEARCH {rows.Table} USING", StringComparison.Ordinal) && step.Contains('<', StringComparison.Ordinal));
        }
    }

    private async Task<List<string>> ExplainAsync(SqliteConnection connection, ExpiredRows rows)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The product's own statement.
        command.CommandText = "EXPLAIN QUERY PLAN " + rows.Sql;
#pragma warning restore CA2100
        var values = rows.Values(new Instant(0, Now), 365);
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"@p{i}", values[i] is Guid id ? id.ToString("D") : values[i]);
        await using var read = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await read.ReadAsync()) plan.Add(read.GetString(3));
        return plan;
    }

    private HistoryPruner Pruner()
    {
        var pruner = ActivatorUtilities.CreateInstance<HistoryPruner>(database.Services);
        pruner.Pause = TimeSpan.Zero;
        return pruner;
    }

    // As a server that runs: the service clock is read.
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            database.Time.Advance(TimeSpan.FromSeconds(1));
            database.Get<ServiceClock>().Now();
        }

        await Task.CompletedTask;
    }

    private Task AddDeviceAsync(string device, int daysAgo) => database.Writer.RunAsync(unit =>
    {
        unit.Db.LicenseDevices.Add(new LicenseDevice { LicenseId = 1, Device = device, FirstSeenAt = Now.AddDays(-daysAgo), LastLoginAt = Now.AddDays(-daysAgo), Logins = 1 });
        return Task.CompletedTask;
    });

    // With each session a login event, a minute, and a device that logged in today.
    private Task AddAsync(int count, DateTime? ended, DateTime? started = null, long endedMs = long.MinValue) => database.Writer.RunAsync(unit =>
    {
        var at = ended ?? started!.Value;
        for (var i = 0; i < count; i++)
        {
            var id = Guid.CreateVersion7(new DateTimeOffset(at.AddHours(-1)));
            unit.Db.SessionHistory.Add(new PastSession
            {
                SessionId = id,
                LicenseId = 1,
                CustomerEmail = "ada@example.com",
                KeyMasked = "A",
                Plan = "MONTHLY",
                Device = "d",
                Address = "192.0.2.1",
                StartedAt = at.AddHours(-1),
                EndedAt = ended,
                EndedMs = ended is null ? null : endedMs,
                EndReason = ended is null ? null : EndReason.TimedOut,
            });
            unit.Db.SessionEvents.Add(new SessionEvent { At = at, LastAt = at, Kind = EventKind.LoggedIn, SessionId = id });
            unit.Db.ConcurrentSessions.Add(new ConcurrentSessions { Minute = at.AddMinutes(-i), Live = 1, Licenses = 1 });
            unit.Db.LicenseDevices.Add(new LicenseDevice { LicenseId = 1, Device = id.ToString(), FirstSeenAt = at, LastLoginAt = Now, Logins = 1 });
        }

        return Task.CompletedTask;
    });
}
