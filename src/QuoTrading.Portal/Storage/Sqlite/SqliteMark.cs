namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>A number in the database file that says what was done with its rows once; backups carry it along.</summary>
internal static class SqliteMark
{
    /// <summary>0 in a new file.</summary>
    public static long Read(WriteUnit unit) => unit.ExecuteScalar("PRAGMA user_version");

    public static void Write(WriteUnit unit, int mark) => unit.Execute(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA user_version = {mark}"));
}
