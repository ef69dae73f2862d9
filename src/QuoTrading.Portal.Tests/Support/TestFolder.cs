using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>What must happen before a folder with a database can be removed.</summary>
public static class TestFolder
{
    private const int Tries = 5;

    private static readonly Lock Closing = new();

    /// <summary>
    /// Closes the connections that the driver keeps. One at a time: a test that finds the pools empty, because another is just closing
    /// them, would remove its folder while SQLite still writes there.
    /// </summary>
    public static void CloseFiles()
    {
        lock (Closing) SqliteConnection.ClearAllPools();
    }

    /// <summary>Removes it. Whoever still reads when his server has gone may have SQLite write there once more.</summary>
    public static void Delete(string folder)
    {
        for (var left = Tries - 1; ; left--)
        {
            CloseFiles();
            try
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (left > 0)
            {
                // Then what has come since is removed as well.
            }
        }
    }
}
