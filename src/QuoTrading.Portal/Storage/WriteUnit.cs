using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// A transaction of the writer: all its changes become durable together, or none. Use it only inside the callback of
/// <see cref="Writer.RunAsync{T}"/>.
/// </summary>
public sealed class WriteUnit : IAsyncDisposable
{
    private readonly Func<DbConnection, DbTransaction, PortalDbContext> createContext;
    private readonly StatementCache statements;
    private readonly DbTransaction transaction;
    private List<Action>? committed;
    private List<Action>? rolledBack;
    private PortalDbContext? db;

    internal WriteUnit(StatementCache statements, DbTransaction transaction, Func<DbConnection, DbTransaction, PortalDbContext> createContext)
    {
        this.statements = statements;
        this.transaction = transaction;
        this.createContext = createContext;
    }

    /// <summary>A context inside this transaction.</summary>
    public PortalDbContext Db => db ??= createContext(statements.Connection, transaction);

    /// <summary>Runs a statement with the parameters <c>@p0</c>, <c>@p1</c>, …, prepared once per connection. For the hot paths.</summary>
    /// <returns>The number of changed rows.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).Execute(values);

    /// <summary>The same for an insert into a table with generated row ids.</summary>
    /// <returns>The new row's id. <c>RETURNING</c> would also return it, but SQLite uses a temporary table for that.</returns>
    public long Insert(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).Insert(values);

    /// <summary>The same for a statement that returns one number; 0 without a row.</summary>
    public long ExecuteScalar(string sql, params ReadOnlySpan<object?> values) => statements.Prepare(sql).ExecuteScalar(values);

    /// <summary>The same for a statement that returns rows. Values may be texts, numbers, times and bytes.</summary>
    public DbDataReader Query(string sql, params ReadOnlySpan<object?> values) => statements.Query(sql, values, transaction);

    /// <summary>Runs <paramref name="action"/> once the unit is durable, before the next unit begins. It must not throw or block.</summary>
    public void OnCommitted(Action action) => (committed ??= []).Add(action);

    /// <summary>Runs <paramref name="action"/> if the unit fails, before the next unit begins. It must not throw or block.</summary>
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
