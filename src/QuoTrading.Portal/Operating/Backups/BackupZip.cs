using System.IO.Compression;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>A backup with the key ring: a zip of <c>portal.db</c> and <c>keys/</c>. Whoever has it can read the license keys.</summary>
internal static partial class BackupZip
{
    /// <summary>What the database is called in it.</summary>
    public const string DatabaseName = "portal.db";

    private const string KeyFolder = "keys/";

    // -rw-------, where unzip looks for it.
    private const int OwnersAlone = 0x8180 << 16;

    /// <summary>Copies the database while it is in use, and writes both to a file.</summary>
    /// <param name="path">Absolute; must not be there.</param>
    /// <exception cref="StartException">It cannot be written. Nothing is left behind.</exception>
    public static async Task<BackupContents> MakeAsync(IDatabaseFile database, string path, string keyRing, TimeProvider time, CancellationToken cancel)
    {
        if (Path.Exists(path)) throw new StartException($"{path} is there already; choose another name, or move it away first.");
        var (copy, unfinished) = ($"{path}.{DatabaseName}", $"{path}.unfinished");
        try
        {
            var contents = await database.BackUpAsync(copy, cancel);
            await using (var zip = PrivateFile.Create(unfinished))
            await using (var content = File.OpenRead(copy))
            {
                await WriteAsync(zip, content, keyRing, time, cancel);
                zip.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: false);
            return contents;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The backup {path} could not be written: {failure.Message}");
        }
        finally
        {
            File.Delete(copy);
            File.Delete(unfinished);
        }
    }

    /// <summary>Writes it as a stream; nothing of it is kept in memory.</summary>
    /// <param name="to">Need not be able to seek.</param>
    /// <param name="database">A finished copy of the database; a ring that is read after it has all the keys that it needs.</param>
    /// <param name="keyRing">The folder; all its keys are taken.</param>
    public static async Task WriteAsync(Stream to, Stream database, string keyRing, TimeProvider time, CancellationToken cancel)
    {
        await using var zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        await AddAsync(DatabaseName, database);
        foreach (var key in Directory.EnumerateFiles(keyRing, "key-*.xml").Order(StringComparer.Ordinal))
        {
            await using var text = File.OpenRead(key);
            await AddAsync(KeyFolder + Path.GetFileName(key), text);
        }

        async Task AddAsync(string name, Stream content)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
            entry.LastWriteTime = time.GetUtcNow();
            entry.ExternalAttributes = OwnersAlone;
            await using var written = await entry.OpenAsync(cancel);
            await content.CopyToAsync(written, cancel);
        }
    }

    /// <summary>The keys in it. Anything else that somebody may have put into it is left out, and so is whatever would lie outside the folder.</summary>
    public static IEnumerable<(string Name, ZipArchiveEntry Entry)> KeysIn(ZipArchive zip) =>
        zip.Entries.Where(entry => KeyName().IsMatch(entry.FullName)).Select(entry => (entry.Name, entry));

    [GeneratedRegex("^keys/key-[0-9a-fA-F-]{36}\\.xml$", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex KeyName();
}
