using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>An insert into one table, prepared once.</summary>
internal sealed class PreparedInsert : IDisposable
{
    private readonly SqliteCommand command;

    public PreparedInsert(SqliteConnection connection, SqliteTransaction transaction, string table, params string[] columns)
    {
        command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Names of tables and columns, constants of this program.
        command.CommandText = $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
#pragma warning restore CA2100
        for (var i = 0; i < columns.Length; i++) command.Parameters.Add(new SqliteParameter($"@p{i}", null));
        command.Prepare();
    }

    public void Run(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] switch { null => DBNull.Value, Guid id => id.ToString("D"), Enum name => name.ToString(), var value => value };
        command.ExecuteNonQuery();
    }

    public void Dispose() => command.Dispose();
}
