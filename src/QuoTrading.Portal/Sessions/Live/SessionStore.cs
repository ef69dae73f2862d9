using System.Collections.Immutable;
using System.Data.Common;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The statements that write session state, and those that read it at start. Plain SQL: this is the hot path, and both engines
/// understand it.
/// </summary>
internal static class SessionStore
{
    /// <summary>Stands in history for whoever was there when the license was deleted.</summary>
    public const string Deleted = "(deleted)";

    private const string CompleteRecord = """
        UPDATE "SessionHistory" SET "EndedAt" = @p1, "EndedMs" = @p2, "EndReason" = @p3, "EndedBy" = @p4, "EndNote" = @p5, "LastSeenAt" = @p6,
            "Symbol" = @p7, "BotVersion" = @p8, "DeviceName" = @p9
        """;

    private const char AppSeparator = '\n';
    private const string NoApp = "\n\n";

    private static readonly string[] OneWithoutName = [""];
    private static readonly Dictionary<string, AppReport> NoReports = [];

    public static void Write(WriteUnit unit, SessionChange change, LicenseFacts? license, Instant now)
    {
        switch (change)
        {
            case SessionChange.Started(var session, _):
                InsertLive(unit, session);
                InsertRecord(unit, session, license!);
                RememberDevice(unit, session, now);
                break;
            case SessionChange.Resumed(var session):
                InsertLive(unit, session);
                unit.Execute("""
                    UPDATE "SessionHistory" SET "EndedAt" = NULL, "EndedMs" = NULL, "EndReason" = NULL, "LastSeenAt" = NULL, "Interruptions" = @p1,
                        "Seat" = @p2
                    WHERE "SessionId" = @p0
                    """, session.SessionId, session.Interruptions, session.Seat);
                break;
            case SessionChange.Continued(var session):
                UpdateLive(unit, session);
                UpdatePlace(unit, session);
                RememberDevice(unit, session, now);
                break;
            case SessionChange.Proved(var session):
                UpdatePlace(unit, session);
                break;
            case SessionChange.CopySeen(var session, _, _, _):
                UpdatePlace(unit, session);
                break;
            case SessionChange.Refreshed(var session):
                UpdateLive(unit, session);
                break;
            case SessionChange.AppLeft(var session, _):
                UpdateLive(unit, session);
                break;
            case SessionChange.ConnectionChanged:
                // What became of its streams is not stored: a server that starts again judges by messages.
                break;
            case SessionChange.Placed(var session):
                unit.Execute("""UPDATE "LiveSessions" SET "Seat" = @p1, "SeatLead" = @p2 WHERE "SessionId" = @p0""", session.SessionId, session.Seat, session.SeatLead);
                // By the history's seats a start tells who may still resume.
                unit.Execute("""UPDATE "SessionHistory" SET "Seat" = @p1 WHERE "SessionId" = @p0""", session.SessionId, session.Seat);
                break;
            case SessionChange.Ended ended:
                End(unit, ended, now);
                break;
            case SessionChange.Marked(var mark):
                unit.Execute("""
                    INSERT INTO "DeviceMarks" ("LicenseId", "Device", "Kind", "Until", "SetAt", "SetBy", "Reason") VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)
                    ON CONFLICT ("LicenseId", "Device", "Kind") DO UPDATE
                    SET "Until" = excluded."Until", "SetAt" = excluded."SetAt", "SetBy" = excluded."SetBy", "Reason" = excluded."Reason"
                    """, mark.LicenseId, mark.Device, mark.Kind, mark.Until, mark.SetAt, mark.SetBy, mark.Reason);
                break;
            case SessionChange.Unmarked(var mark, _, _):
                unit.Execute("""DELETE FROM "DeviceMarks" WHERE "LicenseId" = @p0 AND "Device" = @p1 AND "Kind" = @p2""", mark.LicenseId, mark.Device, mark.Kind);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    public static void UpdateLive(WriteUnit unit, LiveSession s) => unit.Execute("""
        UPDATE "LiveSessions" SET "Address" = @p1, "Symbol" = @p2, "BotVersion" = @p3, "Status" = @p4, "Metadata" = @p5, "DeviceName" = @p6,
            "LastSeenAt" = @p7, "LastSeenMs" = @p8, "CreditMs" = @p9, "Apps" = @p10, "Reports" = @p11
        WHERE "SessionId" = @p0
        """, s.SessionId, s.Address, s.Symbol, s.BotVersion, s.Status, s.Metadata, s.DeviceName, s.LastSeenAt, s.LastSeenMs, s.CreditMs, AppsText(s), SessionTexts.OfReports(s));

    // What a login says of a session, and hardly any other message.
    private static void UpdatePlace(WriteUnit unit, LiveSession s) => unit.Execute(
        """UPDATE "LiveSessions" SET "HomeAddress" = @p1, "Copied" = @p2, "Proof" = @p3 WHERE "SessionId" = @p0""",
        s.SessionId, s.HomeAddress, SessionTexts.Of(s.Copied), SessionTexts.Of(s.Proof));

    public static void SaveServiceTime(WriteUnit unit, long ms) => unit.Execute("""
        INSERT INTO "ServiceTime" ("Id", "Milliseconds") VALUES (1, @p0) ON CONFLICT ("Id") DO UPDATE SET "Milliseconds" = excluded."Milliseconds"
        """, ms);

    /// <summary>Where the service clock goes on: never before a message that is stored.</summary>
    public static long LoadServiceTime(WriteUnit unit) => unit.ExecuteScalar("""
        SELECT coalesce(max(t."Ms"), 0) FROM (SELECT "Milliseconds" AS "Ms" FROM "ServiceTime" UNION ALL SELECT "LastSeenMs" FROM "LiveSessions") t
        """);

    public static void SaveSettings(WriteUnit unit, SessionSettings s) => unit.Execute("""
        INSERT INTO "SessionSettings" ("Id", "SessionTimeoutSeconds", "HeartbeatIntervalSeconds", "DisconnectGraceSeconds", "HistoryRetentionDays",
            "SymbolSessions", "ExpiryGraceMinutes", "ChangedAt", "ChangedBy", "DevicesPerSeat", "CopiedDevices")
            VALUES (1, @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
        ON CONFLICT ("Id") DO UPDATE SET "SessionTimeoutSeconds" = excluded."SessionTimeoutSeconds",
            "HeartbeatIntervalSeconds" = excluded."HeartbeatIntervalSeconds", "DisconnectGraceSeconds" = excluded."DisconnectGraceSeconds",
            "HistoryRetentionDays" = excluded."HistoryRetentionDays", "SymbolSessions" = excluded."SymbolSessions",
            "ExpiryGraceMinutes" = excluded."ExpiryGraceMinutes", "ChangedAt" = excluded."ChangedAt", "ChangedBy" = excluded."ChangedBy",
            "DevicesPerSeat" = excluded."DevicesPerSeat", "CopiedDevices" = excluded."CopiedDevices"
        """, s.SessionTimeoutSeconds, s.HeartbeatIntervalSeconds, s.DisconnectGraceSeconds, s.HistoryRetentionDays, s.SymbolSessions,
        s.ExpiryGraceMinutes, s.ChangedAt, s.ChangedBy, s.DevicesPerSeat, s.CopiedDevices);

    /// <summary>The devices that are bound to an installation.</summary>
    public static List<(long LicenseId, string Device)> LoadBound(WriteUnit unit)
    {
        var bound = new List<(long LicenseId, string Device)>();
        using var rows = unit.Query("""SELECT "LicenseId", "Device" FROM "LicenseDevices" WHERE "Install" IS NOT NULL""");
        while (rows.Read()) bound.Add((rows.GetInt64(0), rows.GetString(1)));
        return bound;
    }

    /// <summary>The installation that a device is bound to; null where none is.</summary>
    public static string? FindInstall(WriteUnit unit, long licenseId, string device)
    {
        using var row = unit.Query("""SELECT "Install" FROM "LicenseDevices" WHERE "LicenseId" = @p0 AND "Device" = @p1""", licenseId, device);
        return row.Read() ? Text(row, 0) : null;
    }

    /// <summary>The sessions of every license that has any.</summary>
    public static Dictionary<long, LicenseSessions> Load(WriteUnit unit, long nowMs)
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
        LoadResumable(unit, nowMs, loaded);
        return loaded;

        // Nearly every license has one session.
        void Add(LiveSession session) => loaded[session.LicenseId] = loaded.TryGetValue(session.LicenseId, out var others)
            ? others with { Live = others.Live.Add(session) }
            : new LicenseSessions([session], [], []);
        void AddTo(long licenseId, Func<LicenseSessions, LicenseSessions> add) => loaded[licenseId] = add(loaded.GetValueOrDefault(licenseId, LicenseSessions.Empty));
    }

    /// <summary>The settings as stored; the defaults where nobody changed any.</summary>
    public static SessionSettings LoadSettings(WriteUnit unit)
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

    /// <summary>
    /// For a license that is deleted: what happened stays, without whom it happened to. Its marks and devices go. One statement a
    /// table: rows of one license, found by its index.
    /// </summary>
    public static void Anonymise(WriteUnit unit, long licenseId)
    {
        unit.Execute("""UPDATE "SessionHistory" SET "CustomerId" = 0, "CustomerEmail" = @p1, "DeviceName" = NULL, "Address" = @p1 WHERE "LicenseId" = @p0""", licenseId, Deleted);
        unit.Execute("""UPDATE "SessionEvents" SET "CustomerEmail" = @p1, "Address" = NULL WHERE "LicenseId" = @p0""", licenseId, Deleted);
        unit.Execute("""DELETE FROM "DeviceMarks" WHERE "LicenseId" = @p0""", licenseId);
        unit.Execute("""DELETE FROM "LicenseDevices" WHERE "LicenseId" = @p0""", licenseId);
    }

    private static void InsertLive(WriteUnit unit, LiveSession s) => unit.Execute("""
        INSERT INTO "LiveSessions" ("SessionId", "LicenseId", "Device", "Seat", "SeatLead", "Address", "Symbol", "BotVersion", "Status", "Metadata",
            "DeviceName", "StartedAt", "LastSeenAt", "LastSeenMs", "CreditMs", "Interruptions", "Apps", "HomeAddress", "Copied", "Proof", "Reports")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20)
        """, s.SessionId, s.LicenseId, s.Device, s.Seat, s.SeatLead, s.Address, s.Symbol, s.BotVersion, s.Status, s.Metadata,
        s.DeviceName, s.StartedAt, s.LastSeenAt, s.LastSeenMs, s.CreditMs, s.Interruptions, AppsText(s), s.HomeAddress, SessionTexts.Of(s.Copied),
        SessionTexts.Of(s.Proof), SessionTexts.OfReports(s));

    private static void InsertRecord(WriteUnit unit, LiveSession s, LicenseFacts license) => unit.Execute("""
        INSERT INTO "SessionHistory" ("SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "DeviceName", "Address",
            "Symbol", "BotVersion", "Seat", "StartedAt", "Interruptions") VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, 0)
        """, s.SessionId, s.LicenseId, license.CustomerId, license.CustomerEmail, license.KeyMasked, license.Plan, s.Device, s.DeviceName, s.Address,
        s.Symbol, s.BotVersion, s.Seat, s.StartedAt);

    private static void End(WriteUnit unit, SessionChange.Ended ended, Instant now)
    {
        var s = ended.Session;
        unit.Execute("""DELETE FROM "LiveSessions" WHERE "SessionId" = @p0""", s.SessionId);
        // Nearly always the address is that of the start: a statement that does not name it leaves its index alone.
        if (Complete(CompleteRecord + """ WHERE "SessionId" = @p0 AND "Address" = @p10""") > 0) return;
        Complete(CompleteRecord + """, "Address" = @p10 WHERE "SessionId" = @p0""");

        int Complete(string sql) => unit.Execute(sql, s.SessionId, now.Utc, now.Ms, ended.Reason, ended.By, ended.Note, s.LastSeenAt, s.Symbol, s.BotVersion,
            s.DeviceName, s.Address);
    }

    private static void RememberDevice(WriteUnit unit, LiveSession s, Instant now) => unit.Execute("""
        INSERT INTO "LicenseDevices" ("LicenseId", "Device", "FirstSeenAt", "LastLoginAt", "Logins", "Name", "Install") VALUES (@p0, @p1, @p2, @p2, 1, @p3, @p4)
        ON CONFLICT ("LicenseId", "Device") DO UPDATE SET "LastLoginAt" = excluded."LastLoginAt", "Logins" = "LicenseDevices"."Logins" + 1,
            "Name" = coalesce(excluded."Name", "LicenseDevices"."Name"), "Install" = coalesce(excluded."Install", "LicenseDevices"."Install")
        """, s.LicenseId, s.Device, now.Utc, s.DeviceName, s.Proof is { IsGuest: false } proof ? proof.Install : null);

    // Who timed out in the last quarter of an hour, where nobody else has started on that seat since.
    private static void LoadResumable(WriteUnit unit, long nowMs, Dictionary<long, LicenseSessions> loaded)
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
            // Whoever was moved to that seat has not started on it, and holds it all the same.
            if (sessions.Live.Any(live => live.Seat == session.Seat && !SessionRules.CanShare(session, live.Address, live.Symbol, new SessionSettings()))) continue;
            loaded[session.LicenseId] = sessions with { Resumable = sessions.Resumable.Add(new(session, rows.GetInt64(10))) };
        }
    }

    // Names have no control characters. Null is what most sessions have: one program that does not say its name.
    private static string? AppsText(LiveSession s)
    {
        // Of nearly every session, and written twice a second.
        if (s.OtherApps.IsEmpty) return s.App switch { null => NoApp, "" => null, var app => app };
        var others = s.OtherApps.Select(other => other.Name);
        var text = string.Join(AppSeparator, s.App is null ? others : others.Prepend(s.App));
        return text.Length == 0 ? null : text;
    }

    private static LiveSession WithApps(LiveSession session, string? apps, string? reports)
    {
        if (apps == NoApp) return session;
        var told = reports is null ? NoReports : SessionTexts.ReadReports(reports);
        var names = apps?.Split(AppSeparator) ?? OneWithoutName;
        return session with
        {
            App = CommonTexts.Share(names[0]),
            Report = told.GetValueOrDefault(names[0]),
            // When each of them spoke last is not stored: none of them later than the session.
            OtherApps = [.. names.Skip(1).Select(other => new SessionApp(CommonTexts.Share(other), session.LastSeenMs, told.GetValueOrDefault(other)))],
        };
    }

    private static LiveSession ReadLive(DbDataReader row) => WithApps(new()
    {
        SessionId = Guid.Parse(row.GetString(0)),
        LicenseId = row.GetInt64(1),
        Device = row.GetString(2),
        Seat = row.GetInt32(3),
        SeatLead = row.GetBoolean(4),
        Address = CommonTexts.Share(row.GetString(5)),
        Symbol = CommonTexts.Share(Text(row, 6)),
        BotVersion = CommonTexts.Share(Text(row, 7)),
        Status = CommonTexts.Share(Text(row, 8)),
        Metadata = Text(row, 9),
        DeviceName = Text(row, 10),
        StartedAt = Time(row, 11)!.Value,
        LastSeenAt = Time(row, 12)!.Value,
        LastSeenMs = row.GetInt64(13),
        CreditMs = row.GetInt64(14),
        Interruptions = row.GetInt32(15),
        HomeAddress = CommonTexts.Share(Text(row, 17) ?? row.GetString(5)),
        Copied = SessionTexts.ReadMark(Text(row, 18), row.GetInt64(13)),
        Proof = SessionTexts.ReadProof(Text(row, 19)),
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
