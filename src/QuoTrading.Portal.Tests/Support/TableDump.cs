using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Every row of every table as text: two that are equal say that nothing was changed between them.</summary>
public static class TableDump
{
    /// <summary>Without the service clock, which goes on by itself.</summary>
    public static async Task<string> ReadAsync(PortalServer portal)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "portal.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        var dump = new StringBuilder();
        foreach (var table in await TablesAsync(connection))
        {
            dump.AppendLine(CultureInfo.InvariantCulture, $"== {table}");
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from the schema.
            command.CommandText = $"SELECT * FROM \"{table}\"";
#pragma warning restore CA2100
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                dump.AppendLine(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(i => rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : rows.GetValue(i).ToString())));
        }

        return dump.ToString();
    }

    private static async Task<List<string>> TablesAsync(SqliteConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'ServiceTime' ORDER BY name";
        await using var rows = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await rows.ReadAsync()) names.Add(rows.GetString(0));
        return names;
    }
}
