using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Node;
using QuoTrading.Portal.Sessions.Measures;

namespace QuoTrading.Portal.Api.Admin;

// The answer of GET /api/admin/system. Times are ISO 8601, UTC, with Z; a null duration means that there was nothing to measure.

/// <summary>How the portal itself is doing.</summary>
/// <param name="At">When this was read; at most a second ago.</param>
/// <param name="Problems">Empty if all is well.</param>
/// <param name="SigningKeys">The public keys of signed answers: the current one, the next one, the previous one if there is one.</param>
internal sealed record SystemAnswer(
    DateTime At, ServerItem Server, DatabaseItem Database, LoadItem Load, IReadOnlyList<ProblemItem> Problems, BackupsItem Backups, IReadOnlyList<SigningKeyItem> SigningKeys)
{
    public static SystemAnswer Of(SystemFigures figures) => new(
        figures.At, ServerItem.Of(figures.Process), DatabaseItem.Of(figures.Store), LoadItem.Of(figures.Load),
        [.. figures.Problems.Select(problem => new ProblemItem(problem.Check, problem.Text, problem.Since, problem.IsWarning))], BackupsItem.Of(figures.Backups),
        [.. figures.SigningKeys.Select(SigningKeyItem.Of)]);
}

/// <summary>The process.</summary>
internal sealed record ServerItem(string Version, string Runtime, DateTime StartedAt, double UptimeSeconds, long MemoryBytes)
{
    public static ServerItem Of(ProcessFigures process) => new(process.Version, process.Runtime, process.StartedAt, process.Uptime.TotalSeconds, process.MemoryBytes);
}

/// <summary>The database.</summary>
/// <param name="LogBytes">The size of the write-ahead log beside the file.</param>
/// <param name="FreeBytes">The free space on its disk.</param>
/// <param name="Available">False while it takes no commits.</param>
/// <param name="CommitMedianSeconds">Of the last five minutes.</param>
/// <param name="CommitP99Seconds">Of the last five minutes.</param>
internal sealed record DatabaseItem(
    string Engine, string Path, long Bytes, long LogBytes, long? FreeBytes, bool Available, double? LastCommitSeconds, double? CommitMedianSeconds, double? CommitP99Seconds)
{
    public static DatabaseItem Of(StoreFigures store) => new(
        store.Engine, store.Path, store.Bytes, store.LogBytes, store.FreeBytes, store.Answers,
        store.LastCommit?.TotalSeconds, store.CommitMedian?.TotalSeconds, store.CommitP99?.TotalSeconds);
}

/// <summary>The load.</summary>
/// <param name="HeartbeatsPerSecond">Of the last ten seconds.</param>
/// <param name="QueueDepth">How many requests wait for the database.</param>
/// <param name="OpenPages">How many pages are open in browsers.</param>
/// <param name="FeedLagSeconds">The last measured time from a commit until the open Online pages were notified.</param>
/// <param name="FeedLagP99Seconds">Of the last five minutes.</param>
/// <param name="RefusedInHour">The refused requests of clients in the last hour, by code.</param>
internal sealed record LoadItem(
    int SessionsLive, int StreamsOpen, double HeartbeatsPerSecond, int QueueDepth, int OpenPages, double? FeedLagSeconds, double? FeedLagP99Seconds, IReadOnlyList<RefusedRequests> RefusedInHour)
{
    public static LoadItem Of(LoadFigures load) => new(
        load.Sessions, load.Streams, load.HeartbeatsPerSecond, load.QueueDepth, load.Circuits, load.FeedLag?.TotalSeconds, load.FeedLagP99?.TotalSeconds, load.Refusals);
}

/// <summary>Something that is wrong.</summary>
/// <param name="Check"><c>database</c>, <c>disk</c>, <c>clock</c>, <c>backups</c>, <c>proxies</c> or <c>signing</c>.</param>
/// <param name="Warning">True if customers do not notice it.</param>
internal sealed record ProblemItem(string Check, string Text, DateTime Since, bool Warning);

/// <summary>The scheduled backups.</summary>
/// <param name="LastAt">When the newest was made; null if there is none.</param>
/// <param name="NextAt">Null if no backups are scheduled.</param>
/// <param name="FailedAt">When the last attempt failed; null if it did not fail.</param>
/// <param name="Files">The newest first.</param>
internal sealed record BackupsItem(string Folder, DateTime? LastAt, DateTime? NextAt, DateTime? FailedAt, string? Failure, IReadOnlyList<BackupItem> Files)
{
    public static BackupsItem Of(Operating.Backups.BackupStatus status) => new(
        status.Folder, status.Newest?.At, status.NextAt, status.Failure?.At, status.Failure?.Reason ?? status.Unreadable,
        [.. status.Stored.Select(backup => new BackupItem(backup.Name, backup.At, backup.Bytes))]);
}

/// <summary>A backup of the database; it does not contain the key ring.</summary>
internal sealed record BackupItem(string Name, DateTime At, long Bytes);

/// <summary>A public key of signed answers.</summary>
/// <param name="Kid">The id of the key in a signature.</param>
/// <param name="Role"><c>current</c>, <c>next</c> or <c>previous</c>.</param>
/// <param name="Since">When it got its role.</param>
/// <param name="Key">The text that authors of clients build in: <c>kid:base64</c>.</param>
/// <param name="Available">False if the key ring cannot decrypt its private key.</param>
internal sealed record SigningKeyItem(string Kid, string Role, DateTime Since, string Key, bool Available)
{
    public static SigningKeyItem Of(PublicSigningKey key) => new(key.Kid, key.Role.ToString().ToLowerInvariant(), key.Since, key.Text, key.IsReadable);
}
