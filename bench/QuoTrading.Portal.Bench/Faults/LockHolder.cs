using System.Globalization;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>
/// <c>hold-lock FILE SECONDS</c>: another program that keeps the database locked. A process of its own, since SQLite's locks are
/// those of a process.
/// </summary>
internal static class LockHolder
{
    public static async Task<int> RunAsync(string file, string seconds)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "BEGIN EXCLUSIVE");
        Console.WriteLine("locked");
        await Task.Delay(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        await ExecuteAsync(connection, "ROLLBACK");
        Console.WriteLine("released");
        return 0;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants, all of them.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
