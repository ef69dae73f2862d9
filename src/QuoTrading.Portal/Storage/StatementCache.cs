using System.Data.Common;
using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Storage;

/// <summary>The writer's connection with the statements prepared on it.</summary>
internal sealed class StatementCache(SqliteConnection connection) : IAsyncDisposable
{
    private readonly Dictionary<string, SqliteStatement> prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteCommand> queries = new(StringComparer.Ordinal);

    public SqliteConnection Connection { get; } = connection;

    public SqliteStatement Prepare(string sql)
    {
        if (prepared.TryGetValue(sql, out var statement)) return statement;
        return prepared[sql] = new SqliteStatement(Connection, sql);
    }

    /// <summary>For what returns rows: the driver's reader.</summary>
    public DbDataReader Query(string sql, ReadOnlySpan<object?> values, SqliteTransaction? transaction = null)
    {
        if (!queries.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this program's.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
            queries.Add(sql, command);
        }

        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command.ExecuteReader();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        foreach (var command in queries.Values) await command.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
