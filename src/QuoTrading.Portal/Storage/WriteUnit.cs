using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// A transaction of the writer's: what is done in it becomes durable together or not at all. Handed out by
/// <see cref="Writer.RunAsync{T}"/>; not to be kept.
/// </summary>
public sealed class WriteUnit : IAsyncDisposable
{
    private readonly Func<DbConnection, DbTransaction, PortalDbContext> createContext;
    private readonly StatementCache statements;
    private readonly SqliteTransaction transaction;
    private List<Action>? committed;
    private List<Action>? rolledBack;
    private PortalDbContext? db;

    internal WriteUnit(StatementCache statements, SqliteTransaction transaction, Func<DbConnection, DbTransaction, PortalDbContext> createContext)
    {
        this.statements = statements;
        this.transaction = transaction;
        this.createContext = createContext;
    }

    /// <summary>A context inside this transaction.</summary>
    public PortalDbContext Db => db ??= createContext(statements.Connection, transaction);

    /// <summary>Runs a statement whose parameters are <c>@p0</c>, <c>@p1</c>, …, prepared once a connection. For the hot paths.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).Execute(values);

    /// <summary>The same for an insert into a table that numbers its rows.</summary>
    /// <returns>The new row's number. <c>RETURNING</c> would tell it too, by way of a table of its own.</returns>
    public long Insert(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).Insert(values);

    /// <summary>The same for a statement that returns one number; 0 where it returns none.</summary>
    public long ExecuteScalar(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).ExecuteScalar(values);

    /// <summary>The same for one that returns rows. The values are texts, numbers, times and bytes.</summary>
    public DbDataReader Query(string sql, params ReadOnlySpan<object?> values) => statements.Query(sql, values, transaction);

    /// <summary>Runs once the unit is durable, before anyone else gets a turn. Must not throw and not wait.</summary>
    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    /// <summary>Runs if the unit failed, before anyone else gets a turn. Must not throw and not wait.</summary>
    public void OnRolledBack(Action action) => (rolledBack ??= []).Add(action);

    public async ValueTask DisposeAsync()
    {
        if (db is not null) await db.DisposeAsync();
        await transaction.DisposeAsync();
    }

    internal async Task CommitAsync(CancellationToken cancel)
    {
        if (db is not null && db.ChangeTracker.HasChanges()) await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(CancellationToken.None);
        committed?.ForEach(action => action());
    }

    internal void RolledBack() => rolledBack?.ForEach(action => action());
}
