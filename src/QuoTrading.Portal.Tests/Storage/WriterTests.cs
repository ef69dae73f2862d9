using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Storage;

public sealed class WriterTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(busySeconds: 1);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Everything_done_in_a_unit_is_stored_together()
    {
        var committed = false;
        await database.Writer.RunAsync(async unit =>
        {
            unit.Db.Customers.Add(NewCustomer("tracked@example.com"));
            unit.Execute("""INSERT INTO "Customers" ("Email", "CreatedAt") VALUES (@p0, @p1)""", "direct@example.com", database.Time.Now.UtcDateTime);
            unit.OnCommitted(() => committed = true);
            await Task.Yield();
        });

        Assert.True(committed);
        Assert.Equal(["direct@example.com", "tracked@example.com"], await EmailsAsync());
    }

    [Fact]
    public async Task Nothing_done_in_a_unit_that_throws_is_stored()
    {
        var (committed, rolledBack) = (false, false);
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Writer.RunAsync(async unit =>
        {
            unit.Db.Customers.Add(NewCustomer("tracked@example.com"));
            await unit.Db.SaveChangesAsync();
            unit.Execute("""INSERT INTO "Customers" ("Email", "CreatedAt") VALUES (@p0, @p1)""", "direct@example.com", database.Time.Now.UtcDateTime);
            unit.OnCommitted(() => committed = true);
            unit.OnRolledBack(() => rolledBack = true);
            throw new InvalidOperationException();
        }));

        Assert.True(rolledBack);
        Assert.False(committed);
        Assert.Empty(await EmailsAsync());
        await AddAsync("after@example.com");
        Assert.Equal(["after@example.com"], await EmailsAsync());
    }

    [Fact]
    public async Task The_registry_goes_before_units_that_came_earlier()
    {
        var order = new List<string>();
        var held = new TaskCompletionSource();
        var holder = database.Writer.RunAsync(_ => held.Task);
        var other = database.Writer.RunAsync(_ => Note("other"));
        var registry = database.Writer.RunAsync(_ => Note("registry"), first: true);

        held.SetResult();
        await Task.WhenAll(holder, other, registry);

        Assert.Equal(["registry", "other"], order);

        Task<bool> Note(string who)
        {
            order.Add(who);
            return Task.FromResult(true);
        }
    }

    [Fact]
    public async Task A_context_that_saves_by_itself_waits_for_its_turn()
    {
        var held = new TaskCompletionSource();
        var holder = database.Writer.RunAsync(_ => held.Task);
        await using var context = database.OpenContext();
        context.Customers.Add(NewCustomer("page@example.com"));
        var save = context.SaveChangesAsync();
        Assert.False(save.IsCompleted);

        held.SetResult();
        await holder;
        Assert.Equal(1, await save);
    }

    [Fact]
    public async Task A_write_by_another_connection_is_noticed_in_the_next_unit_and_our_own_is_not()
    {
        await AddAsync("own@example.com");
        await AddAsync("own2@example.com");
        Assert.Equal(0, database.Writer.ForeignChanges);

        await using (var other = database.Database.OpenConnection())
        {
            await using var command = other.CreateCommand();
            command.CommandText = "UPDATE \"Customers\" SET \"Name\" = 'x'";
            await command.ExecuteNonQueryAsync();
        }

        await database.Writer.RunAsync(_ =>
        {
            Assert.Equal(1, database.Writer.ForeignChanges);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_file_that_another_process_keeps_locked_is_reported_as_unavailable_and_used_again_once_it_is_free()
    {
        await AddAsync("before@example.com");
        await using (var other = database.Database.OpenConnection())
        {
            await using var transaction = await other.BeginTransactionAsync();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync("locked@example.com"));
        }

        await AddAsync("after@example.com");
        Assert.Equal(["after@example.com", "before@example.com"], await EmailsAsync());
    }

    // Else SQLite gives up a hair before the driver's time is over, and the driver lets it wait all of it once more.
    [Fact]
    public async Task SQLite_s_own_share_of_the_wait_for_a_lock_is_the_small_one()
    {
        await using var connection = database.Database.OpenConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout";
        Assert.InRange((long)(await command.ExecuteScalarAsync())!, 1, connection.DefaultTimeout * 1000 / 2);
    }

    [Theory]
    [InlineData(null, SqliteDatabase.ServerBusySeconds, 5)]
    [InlineData(null, SqliteDatabase.CommandBusySeconds, 60)]
    [InlineData("Data Source=named.db;Default Timeout=7", SqliteDatabase.CommandBusySeconds, 7)]
    public async Task A_command_waits_longer_for_a_lock_than_the_server_unless_the_connection_string_says_how_long(string? configured, int busySeconds, int expected)
    {
        await using var connection = new SqliteDatabase(configured, database.Folder, database.Folder, busySeconds).OpenConnection();
        Assert.Equal(expected, connection.DefaultTimeout);
    }

    [Fact]
    public async Task Who_waited_in_line_when_the_store_failed_is_told_at_once_and_the_next_tries_again()
    {
        var disk = new TaskCompletionSource();
        var failing = database.Writer.RunAsync(_ => disk.Task);
        var tried = false;
        var waiting = database.Writer.RunAsync(_ => Task.FromResult(tried = true));

        disk.SetException(new SqliteException("disk I/O error", 10));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => failing);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        Assert.False(tried);
        await AddAsync("after@example.com");
    }

    [Fact]
    public async Task While_the_store_is_known_to_be_away_only_the_registry_tries_it()
    {
        await database.Writer.RunAsync(_ => Task.FromResult(0), first: true);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => database.Writer.RunAsync(_ => throw new SqliteException("disk I/O error", 10)));
        Assert.True(database.Writer.IsDown);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync("page@example.com"));

        await database.Writer.RunAsync(_ => Task.FromResult(0), first: true);
        Assert.False(database.Writer.IsDown);
        await AddAsync("page@example.com");
        Assert.Equal(["page@example.com"], await EmailsAsync());
    }

    [Fact]
    public async Task A_constraint_that_says_no_is_no_fault_of_the_store()
    {
        await AddAsync("twice@example.com");
        await Assert.ThrowsAsync<DbUpdateException>(() => AddAsync("twice@example.com"));
    }

    private Task AddAsync(string email) => database.Writer.RunAsync(unit =>
    {
        unit.Db.Customers.Add(NewCustomer(email));
        return Task.CompletedTask;
    });

    private Customer NewCustomer(string email) => new() { Email = email, CreatedAt = database.Time.Now.UtcDateTime };

    private async Task<string[]> EmailsAsync()
    {
        await using var context = database.OpenContext();
        return await context.Customers.Select(c => c.Email).OrderBy(email => email).ToArrayAsync();
    }
}
