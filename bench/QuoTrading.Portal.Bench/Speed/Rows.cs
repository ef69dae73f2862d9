using System.Globalization;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>What really happened, as it stands in the portal's database.</summary>
internal static class Rows
{
    /// <param name="sql">A statement that returns one number.</param>
    public static async Task<long> CountAsync(string database, string sql)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
