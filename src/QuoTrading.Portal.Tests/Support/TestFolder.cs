using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>What must happen before a folder with a database can be removed.</summary>
public static class TestFolder
{
    private static readonly Lock Closing = new();

    /// <summary>
    /// Closes the connections that the driver keeps. One at a time: a test that finds the pools empty, because another is just closing
    /// them, would remove its folder while SQLite still writes there.
    /// </summary>
    public static void CloseFiles()
    {
        lock (Closing) SqliteConnection.ClearAllPools();
    }
}
