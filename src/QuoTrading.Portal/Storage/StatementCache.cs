using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>The writer's connection with the statements prepared on it.</summary>
/// <param name="prepare">Prepares a statement, in the engine's own way.</param>
internal sealed class StatementCache(DbConnection connection, Func<string, PreparedStatement> prepare) : IAsyncDisposable
{
    private readonly Dictionary<string, PreparedStatement> prepared = new(StringComparer.Ordinal);
    private readonly QueryCache queries = new(connection);

    public DbConnection Connection => connection;

    public PreparedStatement Prepare(string sql) =>
        prepared.TryGetValue(sql, out var statement) ? statement : prepared[sql] = prepare(sql);

    /// <inheritdoc cref="QueryCache.Query"/>
    public DbDataReader Query(string sql, ReadOnlySpan<object?> values, DbTransaction transaction) => queries.Query(sql, values, transaction);

    public async ValueTask DisposeAsync()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        await queries.DisposeAsync();
        await connection.DisposeAsync();
    }
}
