using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>The queries of one connection, each created once. It does not dispose the connection.</summary>
internal sealed class QueryCache(DbConnection connection) : IAsyncDisposable
{
    private readonly Dictionary<string, DbCommand> commands = new(StringComparer.Ordinal);

    /// <summary>Runs a query with the parameters <c>@p0</c>, <c>@p1</c>, …; values may be texts, numbers, times and bytes.</summary>
    public DbDataReader Query(string sql, ReadOnlySpan<object?> values, DbTransaction? transaction = null)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this program's.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i}";
                command.Parameters.Add(parameter);
            }

            commands.Add(sql, command);
        }

        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command.ExecuteReader();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in commands.Values) await command.DisposeAsync();
    }
}
