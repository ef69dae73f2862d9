using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Reads sessions and licenses inside a unit of the writer.</summary>
internal sealed class SqliteStoredSessions(WriteUnit unit, long foreignChanges) : IStoredSessions
{
    private const string SelectLicense = """
        SELECT l."Id", l."KeyHash", c."Id", c."Email", c."Name", l."KeyMasked", l."Plan", l."Status", l."ExpiresAt", l."Seats", l."CopiedDevices"
        FROM "Licenses" l JOIN "Customers" c ON c."Id" = l."CustomerId"
        """;

    public long ForeignChanges => foreignChanges;

    public LicenseSnapshot? FindLicense(KeyHash key)
    {
        using var rows = unit.Query(SelectLicense + " WHERE l.\"KeyHash\" = @p0", key.ToBytes());
        return rows.Read() ? ReadLicense(rows) : null;
    }

    public LicenseSnapshot? FindLicense(long licenseId)
    {
        using var rows = unit.Query(SelectLicense + " WHERE l.\"Id\" = @p0", licenseId);
        return rows.Read() ? ReadLicense(rows) : null;
    }

    public IEnumerable<LicenseSnapshot> LoadLicensesInUse()
    {
        using var rows = unit.Query(SelectLicense + " WHERE l.\"Id\" IN (SELECT \"LicenseId\" FROM \"LiveSessions\")");
        while (rows.Read()) yield return ReadLicense(rows);
    }

    public PastSession? FindRecord(Guid sessionId) => unit.Db.SessionHistory.AsNoTracking().SingleOrDefault(r => r.SessionId == sessionId);

    public long LoadServiceTime() => unit.ExecuteScalar("""
        SELECT coalesce(max(t."Ms"), 0) FROM (SELECT "Milliseconds" AS "Ms" FROM "ServiceTime" UNION ALL SELECT "LastSeenMs" FROM "LiveSessions") t
        """);

    public List<(long LicenseId, string Device)> LoadBound()
    {
        var bound = new List<(long LicenseId, string Device)>();
        using var rows = unit.Query("""SELECT "LicenseId", "Device" FROM "LicenseDevices" WHERE "Install" IS NOT NULL""");
        while (rows.Read()) bound.Add((rows.GetInt64(0), rows.GetString(1)));
        return bound;
    }

    public string? FindInstall(long licenseId, string device)
    {
        using var row = unit.Query("""SELECT "Install" FROM "LicenseDevices" WHERE "LicenseId" = @p0 AND "Device" = @p1""", licenseId, device);
        return row.Read() ? Text(row, 0) : null;
    }

    public Dictionary<long, LicenseSessions> LoadSessions(long nowMs)
    {
        var loaded = new Dictionary<long, LicenseSessions>();
        using (var rows = unit.Query("""
            SELECT l."SessionId", l."LicenseId", l."Device", l."Seat", l."SeatLead", l."Address", l."Symbol", l."BotVersion", l."Status", l."Metadata",
                l."DeviceName", l."StartedAt", l."LastSeenAt", l."LastSeenMs", l."CreditMs", l."Interruptions", l."Apps", l."HomeAddress", l."Copied",
                l."Proof", l."Reports" FROM "LiveSessions" l
            """))
            while (rows.Read()) Add(ReadLive(rows));
        using (var rows = unit.Query("""SELECT "LicenseId", "Device", "Kind", "Until", "SetAt", "SetBy", "Reason" FROM "DeviceMarks" """))
            while (rows.Read()) AddTo(rows.GetInt64(0), sessions => sessions with { Marks = sessions.Marks.Add(ReadMark(rows)) });
        LoadResumable(nowMs, loaded);
        return loaded;

        // Nearly every license has one session.
        void Add(LiveSession session) => loaded[session.LicenseId] = loaded.TryGetValue(session.LicenseId, out var others)
            ? others with { Live = others.Live.Add(session) }
            : new LicenseSessions([session], [], []);
        void AddTo(long licenseId, Func<LicenseSessions, LicenseSessions> add) => loaded[licenseId] = add(loaded.GetValueOrDefault(licenseId, LicenseSessions.Empty));
    }

    public SessionSettings LoadSettings()
    {
        using var row = unit.Query("""
            SELECT "SessionTimeoutSeconds", "HeartbeatIntervalSeconds", "DisconnectGraceSeconds", "HistoryRetentionDays", "SymbolSessions",
                "ExpiryGraceMinutes", "ChangedAt", "ChangedBy", "DevicesPerSeat", "CopiedDevices" FROM "SessionSettings" WHERE "Id" = 1
            """);
        return !row.Read() ? new() : new()
        {
            SessionTimeoutSeconds = row.GetInt32(0),
            HeartbeatIntervalSeconds = row.GetInt32(1),
            DisconnectGraceSeconds = row.GetInt32(2),
            HistoryRetentionDays = row.GetInt32(3),
            SymbolSessions = Enum.Parse<SymbolSessions>(row.GetString(4)),
            ExpiryGraceMinutes = row.GetInt32(5),
            ChangedAt = Time(row, 6),
            ChangedBy = Text(row, 7),
            DevicesPerSeat = row.GetInt32(8),
            CopiedDevices = Enum.Parse<CopiedDevices>(row.GetString(9)),
        };
    }

    // Sessions that timed out in the last quarter of an hour, unless another session has used that seat or device since.
    private void LoadResumable(long nowMs, Dictionary<long, LicenseSessions> loaded)
    {
        using var rows = unit.Query("""
            SELECT h."SessionId", h."LicenseId", h."Device", h."Seat", h."Address", h."Symbol", h."BotVersion", h."DeviceName", h."StartedAt", h."LastSeenAt",
                h."EndedMs", h."Interruptions"
            FROM "SessionHistory" h
            WHERE h."EndedMs" > @p0 AND h."EndReason" = 'TimedOut' AND NOT EXISTS (
                SELECT 1 FROM "SessionHistory" later WHERE later."LicenseId" = h."LicenseId" AND later."SessionId" <> h."SessionId"
                    AND (later."Seat" = h."Seat" OR later."Device" = h."Device") AND coalesce(later."EndedAt", later."StartedAt") >= h."EndedAt")
            """, nowMs - SessionRules.ResumeWithinMs);
        while (rows.Read())
        {
            var session = new LiveSession
            {
                SessionId = Guid.Parse(rows.GetString(0)),
                LicenseId = rows.GetInt64(1),
                Device = rows.GetString(2),
                Seat = rows.GetInt32(3),
                SeatLead = false,
                Address = rows.GetString(4),
                HomeAddress = rows.GetString(4),
                Symbol = Text(rows, 5),
                BotVersion = Text(rows, 6),
                DeviceName = Text(rows, 7),
                StartedAt = Time(rows, 8)!.Value,
                LastSeenAt = Time(rows, 9) ?? Time(rows, 8)!.Value,
                LastSeenMs = rows.GetInt64(10),
                Interruptions = rows.GetInt32(11),
            };
            var sessions = loaded.GetValueOrDefault(session.LicenseId, LicenseSessions.Empty);
            // A session that was moved to this seat did not start on it, so the query does not find it, but it holds the seat.
            if (sessions.Live.Any(live => live.Seat == session.Seat && !SessionRules.CouldShare(session, live, new SessionSettings()))) continue;
            loaded[session.LicenseId] = sessions with { Resumable = sessions.Resumable.Add(new(session, rows.GetInt64(10))) };
        }
    }

    private static LicenseSnapshot ReadLicense(DbDataReader row) => new(
        row.GetInt64(0),
        KeyHash.FromBytes((byte[])row.GetValue(1)),
        row.GetInt64(2),
        row.GetString(3),
        Text(row, 4),
        row.GetString(5),
        StringPool.Share(row.GetString(6)),
        Enum.Parse<LicenseStatus>(row.GetString(7)),
        Time(row, 8),
        row.GetInt32(9),
        row.IsDBNull(10) ? null : Enum.Parse<CopiedDevices>(row.GetString(10)));

    private static LiveSession ReadLive(DbDataReader row) => SessionColumns.WithApps(new()
    {
        SessionId = Guid.Parse(row.GetString(0)),
        LicenseId = row.GetInt64(1),
        Device = row.GetString(2),
        Seat = row.GetInt32(3),
        SeatLead = row.GetBoolean(4),
        Address = StringPool.Share(row.GetString(5)),
        Symbol = StringPool.Share(Text(row, 6)),
        BotVersion = StringPool.Share(Text(row, 7)),
        Status = StringPool.Share(Text(row, 8)),
        Metadata = Text(row, 9),
        DeviceName = Text(row, 10),
        StartedAt = Time(row, 11)!.Value,
        LastSeenAt = Time(row, 12)!.Value,
        LastSeenMs = row.GetInt64(13),
        CreditMs = row.GetInt64(14),
        Interruptions = row.GetInt32(15),
        HomeAddress = StringPool.Share(Text(row, 17) ?? row.GetString(5)),
        Copied = SessionColumns.ReadMark(Text(row, 18), row.GetInt64(13)),
        Proof = SessionColumns.ReadProof(Text(row, 19)),
    }, Text(row, 16), Text(row, 20));

    private static DeviceMark ReadMark(DbDataReader row) => new()
    {
        LicenseId = row.GetInt64(0),
        Device = row.GetString(1),
        Kind = Enum.Parse<MarkKind>(row.GetString(2)),
        Until = Time(row, 3),
        SetAt = Time(row, 4)!.Value,
        SetBy = row.GetString(5),
        Reason = Text(row, 6),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc);
}
