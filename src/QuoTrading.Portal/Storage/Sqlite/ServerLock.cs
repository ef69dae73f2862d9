using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// Reserves the database for one server: answers may come from memory only if no other server writes sessions. The operating system
/// releases the lock when the process ends, in whatever way. Of the commands of the command line only a restore takes it.
/// </summary>
public sealed class ServerLock : IDisposable
{
    private readonly List<FileStream> held = [];

    private ServerLock()
    {
    }

    /// <exception cref="StartException">Another server holds the lock (the message says which), or its file cannot be written.</exception>
    public static ServerLock Acquire(SqliteDatabase database, TimeProvider time)
    {
        var taken = new ServerLock();
        try
        {
            foreach (var path in Paths(database)) taken.held.Add(Take(path, database.FilePath, time));
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    // Both the stop of the host and the end of the program call this, possibly at the same time.
    public void Dispose()
    {
        lock (held)
        {
            foreach (var file in held) file.Dispose();
            held.Clear();
        }
    }

    // Beside the database, and also in the data directory if that is another folder: two servers may name the same file by different
    // settings.
    private static IEnumerable<string> Paths(SqliteDatabase database)
    {
        var name = Path.GetFileName(database.FilePath);
        var folder = Path.GetDirectoryName(database.FilePath)!;
        yield return Path.Combine(folder, name + ".lock");
        if (string.Equals(folder, database.DataDirectory, StringComparison.Ordinal)) yield break;
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database.FilePath)))[..8];
        yield return Path.Combine(database.DataDirectory, $"{name}-{mark}.lock");
    }

    private static FileStream Take(string path, string database, TimeProvider time)
    {
        try
        {
            // On Unix only FileShare.None excludes another writer: every other mode is a shared lock. So this file cannot be read
            // while it is locked, and the name of the holder is written to a second file.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WriteHolder(path, time);
            return file;
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new StartException(
                $"Another portal server is running on {database}: {ReadHolder(path)}. Stop it first, or give this one a database of its own (ConnectionStrings:Portal).");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The lock file {path} cannot be written: {failure.Message}");
        }
    }

    private static void WriteHolder(string path, TimeProvider time)
    {
        try
        {
            var started = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            File.WriteAllText(HolderOf(path), $"process {Environment.ProcessId} on {Environment.MachineName}, since {started}");
        }
        catch (IOException failure)
        {
            throw new StartException($"{HolderOf(path)} cannot be written: {failure.Message}");
        }
    }

    private static string HolderOf(string path) => path + ".holder";

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(HolderOf(path)) is { Length: > 0 } holder ? holder : "it does not say which";
        }
        catch (IOException)
        {
            return "it does not say which";
        }
    }
}
