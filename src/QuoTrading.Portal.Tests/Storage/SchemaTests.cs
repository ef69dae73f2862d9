using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Storage;

public sealed class SchemaTests
{
    [Fact]
    public async Task The_migrations_say_what_the_model_says()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var context = database.OpenContext();
        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task A_second_server_on_the_same_database_is_refused_with_the_holder_s_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        var refusal = await Assert.ThrowsAsync<StartException>(() => database.Services.PrepareStorageAsync());
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_is_on_the_disk_when_it_returns_whatever_connection_made_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var context = database.OpenContext();
        Assert.Equal([2], await context.Database.SqlQuery<int>($"PRAGMA synchronous").ToListAsync());
        Assert.Equal(2, await database.Writer.RunAsync(unit => Task.FromResult(unit.ExecuteScalar("PRAGMA synchronous"))));
        Assert.Equal(1, await database.Writer.RunAsync(unit => Task.FromResult(unit.ExecuteScalar("PRAGMA foreign_keys"))));
    }
}
