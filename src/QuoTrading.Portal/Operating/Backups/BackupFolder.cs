using System.Globalization;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>
/// The folder of the scheduled backups. It recognizes its own files by their names, and never touches other files: what an operator
/// puts there stays.
/// </summary>
public sealed partial class BackupFolder(BackupOptions options, IDatabaseFile database)
{
    /// <summary>The newest backups, kept at any age: a server that was down for weeks must not delete all it has.</summary>
    internal const int FewestKept = 3;

    private const string TimeFormat = "yyyyMMdd-HHmmss";

    /// <summary>Absolute; may not exist yet.</summary>
    public string FolderPath { get; } = Path.GetFullPath(options.Directory, database.DataDirectory);

    /// <summary>How many bytes of the copy in progress are written; 0 if there is none.</summary>
    internal long UnfinishedBytes => Files("*.unfinished").Where(file => Leftover().IsMatch(file.Name)).Select(file => file.Length).DefaultIfEmpty().Max();

    /// <summary>The backups in the folder, newest first.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public IReadOnlyList<StoredBackup> List() =>
        [.. Files("portal-*.db").Select(Read).OfType<StoredBackup>().OrderByDescending(backup => backup.At)];

    /// <summary>The path of a backup made at this moment.</summary>
    internal string PathOf(DateTime utc) => Path.Combine(FolderPath, $"portal-{utc.ToString(TimeFormat, CultureInfo.InvariantCulture)}.db");

    /// <summary>A path for a copy to download. It is not a backup: it is deleted after the download.</summary>
    internal string NewDownload() => Path.Combine(FolderPath, $"download-{Guid.NewGuid():N}.db");

    /// <exception cref="StartException">The folder cannot be created.</exception>
    internal void Create() => PrivateFile.CreateFolder(FolderPath);

    /// <summary>Deletes backups that are older than so many days.</summary>
    /// <returns>How many.</returns>
    internal int Prune(DateTime utc, int days)
    {
        var old = List().Skip(FewestKept).Where(backup => utc - backup.At > TimeSpan.FromDays(days)).ToList();
        foreach (var backup in old) File.Delete(Path.Combine(FolderPath, backup.Name));
        return old.Count;
    }

    /// <summary>Deletes unfinished files of a server that was killed. Only at the start: later such a file may be in use.</summary>
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

/// <summary>A backup in the folder: the database only, without the key ring.</summary>
/// <param name="At">UTC: the moment of the copy.</param>
public sealed record StoredBackup(string Name, DateTime At, long Bytes);
