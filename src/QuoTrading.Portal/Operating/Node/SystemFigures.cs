using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Measures;

namespace QuoTrading.Portal.Operating.Node;

/// <summary>How the portal itself is doing.</summary>
/// <param name="At">UTC: when this was read.</param>
/// <param name="Problems">Empty if all is well.</param>
/// <param name="SigningKeys">Of answers to clients, the current one first.</param>
public sealed record SystemFigures(
    DateTime At, ProcessFigures Process, StoreFigures Store, LoadFigures Load, IReadOnlyList<HealthProblem> Problems, BackupStatus Backups, IReadOnlyList<PublicSigningKey> SigningKeys);

/// <summary>The process.</summary>
/// <param name="Version">Of the portal.</param>
/// <param name="Runtime"><c>.NET 10.0.12</c></param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Uptime">By the monotonic clock.</param>
/// <param name="MemoryBytes">Resident, all of it.</param>
public sealed record ProcessFigures(string Version, string Runtime, DateTime StartedAt, TimeSpan Uptime, long MemoryBytes);

/// <summary>The database.</summary>
/// <param name="Engine"><c>SQLite 3.50.4</c></param>
/// <param name="Path">Absolute.</param>
/// <param name="Bytes">Of its file.</param>
/// <param name="LogBytes">Of the write-ahead log beside it.</param>
/// <param name="FreeBytes">Of its disk; null where that cannot be told.</param>
/// <param name="Answers">False while it takes no commits.</param>
/// <param name="LastCommit">How long the last unit took.</param>
/// <param name="CommitMedian">Of the units of the last five minutes; null where there were none. To a tenth.</param>
/// <param name="CommitP99">What all but the slowest of a hundred took at most; likewise.</param>
public sealed record StoreFigures(
    string Engine, string Path, long Bytes, long LogBytes, long? FreeBytes, bool Answers, TimeSpan? LastCommit, TimeSpan? CommitMedian, TimeSpan? CommitP99);

/// <summary>What there is to do.</summary>
/// <param name="Sessions">Live.</param>
/// <param name="HeartbeatsPerSecond">Over the last ten seconds.</param>
/// <param name="QueueDepth">Commands that wait for the database.</param>
/// <param name="Circuits">Pages that are open in browsers.</param>
/// <param name="Streams">Session streams that clients hold open; a session may have several.</param>
/// <param name="FeedLag">From a commit until those who watch the Online page were told, the last time; null where nobody has watched.</param>
/// <param name="FeedLagP99">All but the slowest of a hundred of the last five minutes; null where nobody watched.</param>
/// <param name="Refusals">Requests of clients in the last hour, the most frequent reason first.</param>
public sealed record LoadFigures(
    int Sessions, double HeartbeatsPerSecond, int QueueDepth, int Circuits, int Streams, TimeSpan? FeedLag, TimeSpan? FeedLagP99, IReadOnlyList<RefusedRequests> Refusals);
