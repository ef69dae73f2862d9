using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Writes a <see cref="Commit"/>. Plain SQL, prepared once per connection: this is the hot path.</summary>
internal sealed class CommitRows(WriteUnit unit)
{
    /// <summary>Replaces the customer's e-mail address and the IP address in the history of a deleted license.</summary>
    public const string Deleted = "(deleted)";

    private const string CompleteRecord = """
        UPDATE "SessionHistory" SET "EndedAt" = @p1, "EndedMs" = @p2, "EndReason" = @p3, "EndedBy" = @p4, "EndNote" = @p5, "LastSeenAt" = @p6,
            "Symbol" = @p7, "BotVersion" = @p8, "DeviceName" = @p9
        """;

    /// <summary>The command whose change is being written; null while nothing of a command is written.</summary>
    public int? Command { get; private set; }

    /// <returns>The row numbers of the commit's events, in the order of the events.</returns>
    /// <exception cref="System.Data.Common.DbException">The commit conflicts with stored rows, or the store cannot write now.</exception>
    public IReadOnlyList<long> Write(Commit commit)
    {
        // Before the changes, which are newer than the refreshes.
        foreach (var session in commit.Refreshed) UpdateLive(session);
        foreach (var (change, license, command) in commit.Changes)
        {
            Command = command;
            Write(change, license, commit.Now);
        }

        Command = null;
        if (commit.Settings is { } settings) SaveSettings(settings);
        var rows = new long[commit.Events.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = Write(commit.Events[i]);
        foreach (var entry in commit.Audit) Insert(entry);
        foreach (var minute in commit.Minutes) Save(minute);
        // After all other rows, because this commit's own rows about the license are anonymised too.
        if (commit.Anonymised is { } licenseId) Anonymise(licenseId);
        SaveServiceTime(commit.Now.Ms);
        return rows;
    }

    /// <summary>
    /// For a license that is deleted: keeps its history and events, but removes the personal data from them. Deletes its marks and
    /// devices. One statement per table, which finds the rows by the index of the license.
    /// </summary>
    public void Anonymise(long licenseId)
    {
        unit.Execute("""UPDATE "SessionHistory" SET "CustomerId" = 0, "CustomerEmail" = @p1, "DeviceName" = NULL, "Address" = @p1 WHERE "LicenseId" = @p0""", licenseId, Deleted);
        unit.Execute("""UPDATE "SessionEvents" SET "CustomerEmail" = @p1, "Address" = NULL WHERE "LicenseId" = @p0""", licenseId, Deleted);
        unit.Execute("""DELETE FROM "DeviceMarks" WHERE "LicenseId" = @p0""", licenseId);
        unit.Execute("""DELETE FROM "LicenseDevices" WHERE "LicenseId" = @p0""", licenseId);
    }

    private void Write(SessionChange change, LicenseSnapshot? license, Instant now)
    {
        switch (change)
        {
            case SessionChange.Started(var session, _):
                InsertLive(session);
                InsertRecord(session, license!);
                RememberDevice(session, now);
                break;
            case SessionChange.Resumed(var session):
                InsertLive(session);
                unit.Execute("""
                    UPDATE "SessionHistory" SET "EndedAt" = NULL, "EndedMs" = NULL, "EndReason" = NULL, "LastSeenAt" = NULL, "Interruptions" = @p1,
                        "Seat" = @p2
                    WHERE "SessionId" = @p0
                    """, session.SessionId, session.Interruptions, session.Seat);
                break;
            case SessionChange.Continued(var session):
                UpdateLive(session);
                UpdatePlace(session);
                RememberDevice(session, now);
                break;
            case SessionChange.Proved(var session):
                UpdatePlace(session);
                break;
            case SessionChange.CopySeen(var session, _, _, _):
                UpdatePlace(session);
                break;
            case SessionChange.Refreshed(var session):
                UpdateLive(session);
                break;
            case SessionChange.AppLeft(var session, _):
                UpdateLive(session);
                break;
            case SessionChange.ConnectionChanged:
                // The state of streams is not stored: after a restart the server judges by messages.
                break;
            case SessionChange.Placed(var session):
                unit.Execute("""UPDATE "LiveSessions" SET "Seat" = @p1, "SeatLead" = @p2 WHERE "SessionId" = @p0""", session.SessionId, session.Seat, session.SeatLead);
                // When the server starts, the seats in history decide which sessions may still resume.
                unit.Execute("""UPDATE "SessionHistory" SET "Seat" = @p1 WHERE "SessionId" = @p0""", session.SessionId, session.Seat);
                break;
            case SessionChange.Ended ended:
                End(ended, now);
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

    private void UpdateLive(LiveSession s) => unit.Execute("""
        UPDATE "LiveSessions" SET "Address" = @p1, "Symbol" = @p2, "BotVersion" = @p3, "Status" = @p4, "Metadata" = @p5, "DeviceName" = @p6,
            "LastSeenAt" = @p7, "LastSeenMs" = @p8, "CreditMs" = @p9, "Apps" = @p10, "Reports" = @p11
        WHERE "SessionId" = @p0
        """, s.SessionId, s.Address, s.Symbol, s.BotVersion, s.Status, s.Metadata, s.DeviceName, s.LastSeenAt, s.LastSeenMs, s.CreditMs, SessionColumns.OfApps(s), SessionColumns.OfReports(s));

    // Columns that change at a login, and hardly ever at another message.
    private void UpdatePlace(LiveSession s) => unit.Execute(
        """UPDATE "LiveSessions" SET "HomeAddress" = @p1, "Copied" = @p2, "Proof" = @p3 WHERE "SessionId" = @p0""",
        s.SessionId, s.HomeAddress, SessionColumns.Of(s.Copied), SessionColumns.Of(s.Proof));

    private void SaveServiceTime(long ms) => unit.Execute("""
        INSERT INTO "ServiceTime" ("Id", "Milliseconds") VALUES (1, @p0) ON CONFLICT ("Id") DO UPDATE SET "Milliseconds" = excluded."Milliseconds"
        """, ms);

    private void SaveSettings(SessionSettings s) => unit.Execute("""
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

    private void InsertLive(LiveSession s) => unit.Execute("""
        INSERT INTO "LiveSessions" ("SessionId", "LicenseId", "Device", "Seat", "SeatLead", "Address", "Symbol", "BotVersion", "Status", "Metadata",
            "DeviceName", "StartedAt", "LastSeenAt", "LastSeenMs", "CreditMs", "Interruptions", "Apps", "HomeAddress", "Copied", "Proof", "Reports")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20)
        """, s.SessionId, s.LicenseId, s.Device, s.Seat, s.SeatLead, s.Address, s.Symbol, s.BotVersion, s.Status, s.Metadata,
        s.DeviceName, s.StartedAt, s.LastSeenAt, s.LastSeenMs, s.CreditMs, s.Interruptions, SessionColumns.OfApps(s), s.HomeAddress, SessionColumns.Of(s.Copied),
        SessionColumns.Of(s.Proof), SessionColumns.OfReports(s));

    private void InsertRecord(LiveSession s, LicenseSnapshot license) => unit.Execute("""
        INSERT INTO "SessionHistory" ("SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "DeviceName", "Address",
            "Symbol", "BotVersion", "Seat", "StartedAt", "Interruptions") VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, 0)
        """, s.SessionId, s.LicenseId, license.CustomerId, license.CustomerEmail, license.KeyMasked, license.Plan, s.Device, s.DeviceName, s.Address,
        s.Symbol, s.BotVersion, s.Seat, s.StartedAt);

    private void End(SessionChange.Ended ended, Instant now)
    {
        var s = ended.Session;
        unit.Execute("""DELETE FROM "LiveSessions" WHERE "SessionId" = @p0""", s.SessionId);
        // The address is nearly always still that of the start. A statement that does not set it does not update its index.
        if (Complete(CompleteRecord + """ WHERE "SessionId" = @p0 AND "Address" = @p10""") > 0) return;
        Complete(CompleteRecord + """, "Address" = @p10 WHERE "SessionId" = @p0""");

        int Complete(string sql) => unit.Execute(sql, s.SessionId, now.Utc, now.Ms, ended.Reason, ended.By, ended.Note, s.LastSeenAt, s.Symbol, s.BotVersion,
            s.DeviceName, s.Address);
    }

    private void RememberDevice(LiveSession s, Instant now) => unit.Execute("""
        INSERT INTO "LicenseDevices" ("LicenseId", "Device", "FirstSeenAt", "LastLoginAt", "Logins", "Name", "Install") VALUES (@p0, @p1, @p2, @p2, 1, @p3, @p4)
        ON CONFLICT ("LicenseId", "Device") DO UPDATE SET "LastLoginAt" = excluded."LastLoginAt", "Logins" = "LicenseDevices"."Logins" + 1,
            "Name" = coalesce(excluded."Name", "LicenseDevices"."Name"), "Install" = coalesce(excluded."Install", "LicenseDevices"."Install")
        """, s.LicenseId, s.Device, now.Utc, s.DeviceName, s.Proof is { IsGuest: false } proof ? proof.Install : null);

    private long Write(EventEntry entry)
    {
        var (e, row) = (entry.Event, entry.Row);
        // Retention may have deleted the row that counts equal events.
        if (row != 0 && unit.Execute("""UPDATE "SessionEvents" SET "Count" = "Count" + @p2, "LastAt" = @p1 WHERE "Id" = @p0""", row, e.LastAt, e.Count) == 1) return row;
        return unit.Insert("""
            INSERT INTO "SessionEvents" ("At", "LastAt", "Count", "Kind", "Code", "LicenseId", "CustomerEmail", "KeyMasked", "SessionId", "Device", "Address", "By", "Detail")
            VALUES (@p0, @p0, @p11, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10)
            """, e.LastAt, e.Kind, e.Code, e.LicenseId, e.CustomerEmail, e.KeyMasked, e.SessionId, e.Device, e.Address, e.By, e.Detail, e.Count);
    }

    private void Insert(AuditEntry a) => unit.Execute("""
        INSERT INTO "AuditEntries" ("At", "ActorKind", "Actor", "Address", "Action", "TargetKind", "Target", "Reason", "Before", "After")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
        """, a.At, a.ActorKind, a.Actor, a.Address, a.Action, a.TargetKind, a.Target, a.Reason, a.Before, a.After);

    // After a restart or a clock step, the same minute may be saved twice: it keeps the higher peak.
    private void Save(ConcurrentSessions minute) => unit.Execute("""
        INSERT INTO "ConcurrentSessions" ("Minute", "Live", "Licenses") VALUES (@p0, @p1, @p2)
        ON CONFLICT ("Minute") DO UPDATE SET
            "Live" = CASE WHEN excluded."Live" > "ConcurrentSessions"."Live" THEN excluded."Live" ELSE "ConcurrentSessions"."Live" END,
            "Licenses" = CASE WHEN excluded."Licenses" > "ConcurrentSessions"."Licenses" THEN excluded."Licenses" ELSE "ConcurrentSessions"."Licenses" END
        """, minute.Minute, minute.Live, minute.Licenses);
}
