using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Measures;

namespace QuoTrading.Portal.Operating.Node;

/// <summary>The state of the portal itself.</summary>
/// <param name="At">UTC: when this was read.</param>
/// <param name="Problems">Empty if all is well.</param>
/// <param name="SigningKeys">The keys that sign answers to clients, the current one first.</param>
public sealed record SystemFigures(
    DateTime At, ProcessFigures Process, StoreFigures Store, LoadFigures Load, IReadOnlyList<HealthProblem> Problems, BackupStatus Backups, IReadOnlyList<PublicSigningKey> SigningKeys);

/// <summary>The process.</summary>
/// <param name="Version">Of the portal.</param>
/// <param name="Runtime"><c>.NET 10.0.12</c></param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Uptime">By the monotonic clock.</param>
/// <param name="MemoryBytes">Resident memory.</param>
public sealed record ProcessFigures(string Version, string Runtime, DateTime StartedAt, TimeSpan Uptime, long MemoryBytes);

/// <summary>The database.</summary>
/// <param name="Engine"><c>SQLite 3.50.4</c></param>
/// <param name="Path">Absolute.</param>
/// <param name="Bytes">Size of its file.</param>
/// <param name="LogBytes">Size of the write-ahead log beside it.</param>
/// <param name="FreeBytes">Free on its disk; null if that is unknown.</param>
/// <param name="Answers">False while it accepts no commits.</param>
/// <param name="LastCommit">Duration of the last unit.</param>
/// <param name="CommitMedian">Median duration of the units of the last five minutes; null if there were none. Accurate to a tenth.</param>
/// <param name="CommitP99">99th percentile, likewise.</param>
public sealed record StoreFigures(
    string Engine, string Path, long Bytes, long LogBytes, long? FreeBytes, bool Answers, TimeSpan? LastCommit, TimeSpan? CommitMedian, TimeSpan? CommitP99);

/// <summary>The load.</summary>
/// <param name="Sessions">Live.</param>
/// <param name="HeartbeatsPerSecond">Over the last ten seconds.</param>
/// <param name="QueueDepth">Commands that wait for the database.</param>
/// <param name="Circuits">Pages that are open in browsers.</param>
/// <param name="Streams">Session streams that clients hold open; a session may have several.</param>
/// <param name="FeedLag">
/// The last time from a commit until the watchers of the Online page were called; null if there were no watchers.
/// </param>
/// <param name="FeedLagP99">99th percentile of the last five minutes; null if there were no watchers.</param>
/// <param name="Refusals">Refused requests of clients in the last hour, the most frequent reason first.</param>
public sealed record LoadFigures(
    int Sessions, double HeartbeatsPerSecond, int QueueDepth, int Circuits, int Streams, TimeSpan? FeedLag, TimeSpan? FeedLagP99, IReadOnlyList<RefusedRequests> Refusals);
