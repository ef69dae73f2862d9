using System.Globalization;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>
/// The folder of the scheduled backups. It knows its own files by their names, and touches no other: what an operator puts beside
/// them stays.
/// </summary>
public sealed partial class BackupFolder(BackupOptions options, IDatabaseFile database)
{
    /// <summary>So many are kept however old they are: a server that stood for weeks shall not throw away what it has.</summary>
    internal const int FewestKept = 3;

    private const string TimeFormat = "yyyyMMdd-HHmmss";

    /// <summary>Absolute; may not be there yet.</summary>
    public string FolderPath { get; } = Path.GetFullPath(options.Directory, database.DataDirectory);

    /// <summary>How much of the copy that is being made is written; 0 where none is.</summary>
    internal long UnfinishedBytes => Files("*.unfinished").Where(file => Leftover().IsMatch(file.Name)).Select(file => file.Length).DefaultIfEmpty().Max();

    /// <summary>The backups that are there, the newest first.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public IReadOnlyList<StoredBackup> List() =>
        [.. Files("portal-*.db").Select(Read).OfType<StoredBackup>().OrderByDescending(backup => backup.At)];

    /// <summary>What a backup of this moment is called.</summary>
    internal string PathOf(DateTime utc) => Path.Combine(FolderPath, $"portal-{utc.ToString(TimeFormat, CultureInfo.InvariantCulture)}.db");

    /// <summary>A name for a copy that somebody downloads. It is no backup: it goes when he has it.</summary>
    internal string NewDownload() => Path.Combine(FolderPath, $"download-{Guid.NewGuid():N}.db");

    /// <exception cref="StartException">It cannot be made.</exception>
    internal void Create() => PrivateFile.CreateFolder(FolderPath);

    /// <summary>Deletes backups that are older than so many days.</summary>
    /// <returns>How many.</returns>
    internal int Prune(DateTime utc, int days)
    {
        var old = List().Skip(FewestKept).Where(backup => utc - backup.At > TimeSpan.FromDays(days)).ToList();
        foreach (var backup in old) File.Delete(Path.Combine(FolderPath, backup.Name));
        return old.Count;
    }

    /// <summary>Deletes what a server that was killed had begun. At the start alone: later it may be somebody's.</summary>
    internal void RemoveLeftovers()
    {
        foreach (var file in Files("*").Where(file => Leftover().IsMatch(file.Name))) file.Delete();
    }

    private IEnumerable<FileInfo> Files(string pattern) => Directory.Exists(FolderPath) ? new DirectoryInfo(FolderPath).EnumerateFiles(pattern) : [];

    private static StoredBackup? Read(FileInfo file) =>
        Name().Match(file.Name) is { Success: true } match
        && DateTime.TryParseExact(match.Groups["at"].Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new StoredBackup(file.Name, at, file.Length)
            : null;

    [GeneratedRegex("^portal-(?<at>[0-9]{8}-[0-9]{6})\\.db$", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Name();

    [GeneratedRegex("^(portal-[0-9]{8}-[0-9]{6}\\.db\\.[a-z0-9]{8}\\.[a-z0-9]{3}\\.unfinished|download-[0-9a-f]{32}\\.db(\\.[a-z0-9]{8}\\.[a-z0-9]{3}\\.unfinished)?)(-journal)?$", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Leftover();
}

/// <summary>A backup of the folder: the database alone, without the key ring.</summary>
/// <param name="At">UTC: as of when.</param>
public sealed record StoredBackup(string Name, DateTime At, long Bytes);
