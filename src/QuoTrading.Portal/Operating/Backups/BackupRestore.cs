using System.Data.Common;
using System.IO.Compression;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>
/// Puts a backup in the place of the server's database. Only while no server runs. Everything is checked before any file is touched, and
/// the existing database is moved aside, never deleted.
/// </summary>
/// <param name="migrations">Those that this version of the portal knows.</param>
internal sealed class BackupRestore(IDatabaseFile database, IReadOnlyCollection<string> migrations, TimeProvider time)
{
    private static readonly byte[] DatabaseBegins = "SQLite format 3\0"u8.ToArray();
    private static readonly byte[] ZipBegins = "PK\u0003\u0004"u8.ToArray();
    private static readonly string[] Parts = ["", "-wal", "-shm", "-journal"];

    private string KeyRing => database.KeyRing;

    /// <param name="file">A database, or a zip of one with its key ring; absolute.</param>
    /// <param name="replace">False: an existing database is not replaced, and this throws.</param>
    /// <exception cref="StartException">It cannot be done; the message says why, and what to do. Nothing was changed.</exception>
    public async Task<Restored> RunAsync(string file, bool replace, CancellationToken cancel)
    {
        PrivateFile.CreateFolder(database.DataDirectory);
        PrivateFile.CreateFolder(Path.GetDirectoryName(database.FilePath)!);
        using var taken = database.KeepServersOut(time);
        if (database.Exists && !replace)
            throw new StartException($"There is a database at {database.FilePath}. With --replace it is moved aside, into a folder beside it, and the backup takes its place.");

        var unpacked = $"{database.FilePath}.{Path.GetRandomFileName()}.unfinished";
        try
        {
            var keys = await UnpackAsync(file, unpacked, cancel);
            var contents = await database.CheckBackupAsync(unpacked, cancel);
            if (contents.Rows.Count == 0) throw new StartException($"{file} holds no portal's database.");
            if (contents.Migrations.Except(migrations, StringComparer.Ordinal).FirstOrDefault() is { } newer)
                throw new StartException($"{file} was made by a newer version of the portal ({newer}). Restore it with that version.");

            // All checks are done. From here on files are only put in place, and cancellation has no effect.
            var aside = MoveAside();
            File.Move(unpacked, database.FilePath);
            var added = AddKeys(keys);
            return new Restored(contents, aside, keys.Count > 0, added, contents.Migrations.Count == migrations.Count);
        }
        catch (DbException failure)
        {
            throw new StartException($"{file} cannot be read as a database: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StartException($"{file} could not be restored: {failure.Message}");
        }
        finally
        {
            File.Delete(unpacked);
        }
    }

    // The keys are read into memory: they are small and few.
    private static async Task<IReadOnlyDictionary<string, byte[]>> UnpackAsync(string file, string to, CancellationToken cancel)
    {
        if (!File.Exists(file)) throw new StartException($"There is no file {file}.");
        await using var from = File.OpenRead(file);
        await using var copy = PrivateFile.Create(to);
        var begins = new byte[DatabaseBegins.Length];
        var read = await from.ReadAtLeastAsync(begins, begins.Length, throwOnEndOfStream: false, cancel);
        from.Position = 0;
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (begins.AsSpan(0, read).StartsWith(ZipBegins))
        {
            await using var zip = await ZipArchive.CreateAsync(from, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancel);
            var entry = zip.GetEntry(BackupZip.DatabaseName) ?? throw new StartException($"{file} is a zip without {BackupZip.DatabaseName}: no backup of the portal's.");
            await using (var packed = await entry.OpenAsync(cancel)) await packed.CopyToAsync(copy, cancel);
            foreach (var (name, key) in BackupZip.KeysIn(zip))
            {
                await using var packed = await key.OpenAsync(cancel);
                using var text = new MemoryStream();
                await packed.CopyToAsync(text, cancel);
                keys[name] = text.ToArray();
            }
        }
        else if (begins.AsSpan(0, read).SequenceEqual(DatabaseBegins))
        {
            await from.CopyToAsync(copy, cancel);
        }
        else
        {
            throw new StartException($"{file} is neither a database nor a zip of one.");
        }

        copy.Flush(flushToDisk: true);
        return keys;
    }

    // With its log, which holds the last writes of a server that was killed. A log that stayed would be applied to the new file.
    private string? MoveAside()
    {
        var there = Parts.Select(part => database.FilePath + part).Where(File.Exists).ToList();
        if (there.Count == 0) return null;
        var folder = Path.Combine(Path.GetDirectoryName(database.FilePath)!, $"replaced-{time.GetUtcNow():yyyyMMdd-HHmmss}");
        PrivateFile.CreateFolder(folder);
        foreach (var part in there) File.Move(part, Path.Combine(folder, Path.GetFileName(part)), overwrite: false);
        return folder;
    }

    // Adds to the existing keys: a key ring uses all its keys, and each key has a unique name.
    private int AddKeys(IReadOnlyDictionary<string, byte[]> keys)
    {
        if (keys.Count == 0) return 0;
        PrivateFile.CreateFolder(KeyRing);
        var missing = keys.Where(key => !File.Exists(Path.Combine(KeyRing, key.Key))).ToList();
        foreach (var (name, text) in missing)
        {
            using var key = PrivateFile.Create(Path.Combine(KeyRing, name));
            key.Write(text);
            key.Flush(flushToDisk: true);
        }

        return missing.Count;
    }
}

/// <summary>What was restored.</summary>
/// <param name="Aside">The folder with the database that was there before; null if there was none.</param>
/// <param name="HadKeys">The backup contains a key ring.</param>
/// <param name="KeysAdded">How many of its keys were missing here.</param>
/// <param name="IsCurrent">The schema is that of this version; otherwise the server will migrate it.</param>
internal sealed record Restored(BackupContents Contents, string? Aside, bool HadKeys, int KeysAdded, bool IsCurrent);
