namespace QuoTrading.Portal.Storage;

/// <summary>The database as who operates the portal sees it: where it is, how large, and copies of it.</summary>
public interface IDatabaseFile
{
    /// <summary><c>SQLite 3.50.4</c></summary>
    string Engine { get; }

    /// <summary>Absolute.</summary>
    string FilePath { get; }

    /// <summary>Absolute.</summary>
    string DataDirectory { get; }

    /// <summary>Where the key ring lies that encrypts license keys and sign-ins.</summary>
    string KeyRing { get; }

    bool Exists { get; }

    /// <summary>How large the file is; what was written last stands in the log until it is carried over.</summary>
    long FileBytes { get; }

    /// <summary>How large the write-ahead log is.</summary>
    long LogBytes { get; }

    /// <summary>Writes a copy as of one moment, while it is in use, checks it, and only then gives it its name.</summary>
    /// <param name="path">Absolute; must not be there.</param>
    /// <exception cref="Kernel.StartException">It cannot be written. Nothing is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, in the middle of it if need be. Nothing is left behind.</exception>
    internal Task<BackupContents> BackUpAsync(string path, CancellationToken cancel);

    /// <summary>Whether a file is a whole database, and what of the portal's is in it.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    /// <exception cref="System.Data.Common.DbException">It is no database.</exception>
    internal Task<BackupContents> CheckBackupAsync(string path, CancellationToken cancel);

    /// <summary>Keeps servers away from it until the result is disposed.</summary>
    /// <exception cref="Kernel.StartException">A server runs on it; the message says which.</exception>
    internal IDisposable KeepServersOut(TimeProvider time);
}
