using System.IO.Compression;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>A backup with the key ring: a zip of <c>portal.db</c> and <c>keys/</c>. Its license keys can be read.</summary>
internal static partial class BackupZip
{
    /// <summary>The name of the database in the zip.</summary>
    public const string DatabaseName = "portal.db";

    private const string KeyFolder = "keys/";

    // -rw-------, in the bits where unzip expects it.
    private const int OwnersAlone = 0x8180 << 16;

    /// <summary>Copies the database while it is in use, and writes the copy and the key ring to one file.</summary>
    /// <param name="path">Absolute; must not exist.</param>
    /// <exception cref="StartException">The file cannot be written. Nothing is left behind.</exception>
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

    /// <summary>Writes the zip as a stream, without holding it in memory.</summary>
    /// <param name="to">Need not be able to seek.</param>
    /// <param name="database">A finished copy of the database. The key ring is read after it, so it has all needed keys.</param>
    /// <param name="keyRing">The folder; all its keys are included.</param>
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

    /// <summary>The keys in the zip. Other entries are ignored, and so are entries that would be extracted outside the folder.</summary>
    public static IEnumerable<(string Name, ZipArchiveEntry Entry)> KeysIn(ZipArchive zip) =>
        zip.Entries.Where(entry => KeyName().IsMatch(entry.FullName)).Select(entry => (entry.Name, entry));

    [GeneratedRegex("^keys/key-[0-9a-fA-F-]{36}\\.xml$", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex KeyName();
}
