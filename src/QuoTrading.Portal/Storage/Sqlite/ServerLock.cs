using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// Holds the database for one server: answers may come from memory only where nobody else writes sessions. The operating system
/// drops the lock with the process, however it ends. The command line does not take it.
/// </summary>
public sealed class ServerLock : IDisposable
{
    private readonly List<FileStream> held = [];

    private ServerLock()
    {
    }

    /// <exception cref="StartException">Another server holds it; the message says which.</exception>
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

    // The host's stop and the end of the program may both let go at once.
    public void Dispose()
    {
        lock (held)
        {
            foreach (var file in held) file.Dispose();
            held.Clear();
        }
    }

    // In the data directory, and beside the database where that is elsewhere: two servers may name one file by two settings.
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
            // Only FileShare.None excludes another writer on Unix: every other mode is a shared lock there. So nobody can read
            // this file while it is held, and who holds it stands in a file beside it.
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
