using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>The writer's connection with the statements prepared on it.</summary>
internal sealed class StatementCache(DbConnection connection) : IAsyncDisposable
{
    private readonly Dictionary<string, DbCommand> prepared = new(StringComparer.Ordinal);

    public DbConnection Connection { get; } = connection;

    public DbCommand Prepare(string sql, ReadOnlySpan<object?> values, DbTransaction? transaction)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this program's.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@p{i}";
                command.Parameters.Add(parameter);
            }

            prepared.Add(sql, command);
        }

        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = ToStored(values[i]);
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in prepared.Values) await command.DisposeAsync();
        await Connection.DisposeAsync();
    }

    // As the model's conversions store them.
    private static object ToStored(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToString("D"),
        Enum name => name.ToString(),
        _ => value,
    };
}
