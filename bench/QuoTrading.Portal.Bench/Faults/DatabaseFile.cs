using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>
/// Looks into the database file, past the portal. Only while a portal runs on it: whoever closes it last tidies up the write-ahead
/// log, and that is the portal's to do.
/// </summary>
internal static class DatabaseFile
{
    public static List<T> Read<T>(string file, string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this program's.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var all = new List<T>();
        while (rows.Read()) all.Add(read(rows));
        return all;
    }

    /// <summary>What must hold after every fault: SQLite finds the file whole, and live sessions and open history rows are the same.</summary>
    public static void CheckWhole(string file, Judgement judgement, string when)
    {
        var integrity = Read(file, "PRAGMA integrity_check", row => row.GetString(0));
        judgement.Expect(integrity is ["ok"], $"{when}: integrity_check says {string.Join(", ", integrity)}");
        var halves = Read(file, """
            SELECT (SELECT count(*) FROM "LiveSessions" l WHERE NOT EXISTS (SELECT 1 FROM "SessionHistory" h WHERE h."SessionId" = l."SessionId" AND h."EndedAt" IS NULL))
                + (SELECT count(*) FROM "SessionHistory" h WHERE h."EndedAt" IS NULL AND NOT EXISTS (SELECT 1 FROM "LiveSessions" l WHERE h."SessionId" = l."SessionId"))
            """, row => row.GetInt32(0));
        judgement.Expect(halves is [0], $"{when}: {halves[0]} sessions are half there");
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }
}
