using System.Globalization;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>A copy that an administrator downloads. The file is deleted when this is disposed, or when the process ends.</summary>
public sealed class BackupDownload : IAsyncDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly FileStream database;
    private readonly string? keyRing;
    private readonly TimeProvider time;

    internal BackupDownload(string path, string? keyRing, DateTime utc, TimeProvider time)
    {
        this.keyRing = keyRing;
        this.time = time;
        database = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan);
        var at = utc.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
        Name = keyRing is null ? $"portal-{at}.db" : $"portal-{at}-with-keys.zip";
    }

    /// <summary>The suggested file name.</summary>
    public string Name { get; }

    public string ContentType => keyRing is null ? "application/vnd.sqlite3" : "application/zip";

    /// <summary>The size; null if it is not known before writing.</summary>
    public long? Bytes => keyRing is null ? database.Length : null;

    /// <summary>Writes the whole file. May be called once.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancel) =>
        keyRing is null ? database.CopyToAsync(to, BufferBytes, cancel) : BackupZip.WriteAsync(to, database, keyRing, time, cancel);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
