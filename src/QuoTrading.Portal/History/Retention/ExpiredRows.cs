using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History.Retention;

/// <summary>
/// The rows of one table that retention deletes. Each statement finds its rows by an index, oldest first, at most
/// <see cref="MostInOneUnit"/> of them. There is none for live sessions, marks and the audit log; <see cref="ExpiredDevices"/> deletes
/// devices.
/// </summary>
/// <param name="Sql">Deletes the rows of one unit; its parameters are the result of <paramref name="Values"/>.</param>
internal sealed record ExpiredRows(string Table, string Sql, Func<Instant, int, object?[]> Values)
{
    public const int MostInOneUnit = Writer.MostRows;

    // A session that may still resume needs its row. Service time may have stood still for days of wall time.
    private const long StillResumableMs = SessionRules.ResumeWithinMs + 60_000;

    public static IReadOnlyList<ExpiredRows> All { get; } =
    [
        // By the key, which sorts by start: a session that ended before a time also started before it. So EndedAt needs no index.
        new("SessionHistory", """
            DELETE FROM "SessionHistory" WHERE "SessionId" IN (
                SELECT "SessionId" FROM "SessionHistory" WHERE "SessionId" < @p0 AND "EndedAt" < @p1 AND "EndedMs" < @p2 ORDER BY "SessionId" LIMIT @p3)
            """, (now, days) => [Guid.CreateVersion7(new DateTimeOffset(Before(now, days))), Before(now, days), now.Ms - StillResumableMs, MostInOneUnit]),
        new("SessionEvents", """
            DELETE FROM "SessionEvents" WHERE "Id" IN (
                SELECT "Id" FROM "SessionEvents" WHERE "At" < @p0 AND "LastAt" < @p0 ORDER BY "At" LIMIT @p1)
            """, (now, days) => [Before(now, days), MostInOneUnit]),
        new("ConcurrentSessions", """
            DELETE FROM "ConcurrentSessions" WHERE "Minute" IN (
                SELECT "Minute" FROM "ConcurrentSessions" WHERE "Minute" < @p0 ORDER BY "Minute" LIMIT @p1)
            """, (now, days) => [Before(now, days), MostInOneUnit]),
    ];

    /// <returns>How many rows.</returns>
    public int Delete(WriteUnit unit, Instant now, int days) => unit.Execute(Sql, Values(now, days));

    private static DateTime Before(Instant now, int days) => now.Utc.AddDays(-days);
}
