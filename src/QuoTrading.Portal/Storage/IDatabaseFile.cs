namespace QuoTrading.Portal.Storage;

/// <summary>The database as the operator of the portal sees it: its place, its size, and copies of it.</summary>
public interface IDatabaseFile
{
    /// <summary>Name and version, such as <c>SQLite 3.50.4</c>.</summary>
    string Engine { get; }

    /// <summary>Absolute.</summary>
    string FilePath { get; }

    /// <summary>Absolute.</summary>
    string DataDirectory { get; }

    /// <summary>The folder of the key ring that encrypts license keys and sign-ins.</summary>
    string KeyRing { get; }

    bool Exists { get; }

    /// <summary>The size of the database file. The newest changes are in the write-ahead log until a checkpoint.</summary>
    long FileBytes { get; }

    /// <summary>The size of the write-ahead log.</summary>
    long LogBytes { get; }

    /// <summary>
    /// While the database is in use, writes a copy of its state at one moment. The copy gets its name only after it has been checked.
    /// </summary>
    /// <param name="path">Absolute; must not exist.</param>
    /// <exception cref="Kernel.StartException">It cannot be written. No file is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, even in the middle of the copy. No file is left behind.</exception>
    internal Task<BackupContents> BackUpAsync(string path, CancellationToken cancel);

    /// <summary>Checks that a file is an undamaged database, and reads what it contains of the portal's data.</summary>
    /// <exception cref="IOException">It is damaged.</exception>
    /// <exception cref="System.Data.Common.DbException">It is not a database.</exception>
    internal Task<BackupContents> CheckBackupAsync(string path, CancellationToken cancel);

    /// <summary>Prevents any server from using the database until the result is disposed.</summary>
    /// <exception cref="Kernel.StartException">A server uses it (the message says which), or its lock file cannot be written.</exception>
    internal IDisposable KeepServersOut(TimeProvider time);
}
