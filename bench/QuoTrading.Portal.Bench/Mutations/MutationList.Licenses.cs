namespace QuoTrading.Portal.Bench.Mutations;

public static partial class MutationList
{
    private const string Facts = "Licensing/LicenseFacts.cs";
    private const string Directory = "Licensing/LicenseDirectory.cs";

    // What administrators do to devices and licenses.
    private static Mutation[] Licenses =>
    [
        new("suspension-leaves-sessions", "A suspension ends no session.",
            new Edit(Rules, "{ Status: LicenseStatus.Suspended } => EndReason.LicenseSuspended,", "{ Status: LicenseStatus.Suspended } => null,")),
        new("suspension-marks", "A suspension marks the devices as logged out.",
            new Edit(Rules, "is { } reason) draft.End(session, reason, by, note);",
                "is { } reason) { draft.End(session, reason, by, note); draft.Mark(new DeviceMark { LicenseId = session.LicenseId, Device = session.Device, Kind = MarkKind.ForcedLogout, SetAt = now.Utc, SetBy = by ?? \"\" }); }")),
        new("reactivation-ends", "A reactivated license is refused as suspended until the next start.",
            new Edit(Directory, "if (after is not null) Remember(after);", "if (after is not null) Remember(before.Status == LicenseStatus.Suspended ? before : after);")),
        new("cancelled-says-suspended", "A cancelled license is refused as suspended.",
            new Edit(Questions, "new Outcome.LicenseRefused(LicenseProblem.Cancelled)", "new Outcome.LicenseRefused(LicenseProblem.Suspended)")),
        new("cancelled-ends-as-suspended", "The history says suspended of what a cancellation ended.",
            new Edit(Rules, "{ Status: LicenseStatus.Cancelled } => EndReason.LicenseCancelled,", "{ Status: LicenseStatus.Cancelled } => EndReason.LicenseSuspended,")),
        new("expired-may-beat", "Heartbeats are served though the license has expired.",
            new Edit(Rules, "if (RefuseLicense(license, sessions, message, settings, now) is { } refusal) return draft.Decide(refusal);",
                "if (RefuseLicense(license, sessions, message, settings, now) is { Problem: not LicenseProblem.Expired } refusal) return draft.Decide(refusal);")),
        new("expired-not-swept", "Expiry ends no session by itself.",
            new Edit(Rules, "_ when license.IsExpired(now.Utc) && !HasGrace(license, session.Metadata, settings, now) => EndReason.LicenseExpired,", "")),
        new("expires-late", "A license expires a second late.",
            new Edit(Facts, "=> ExpiresAt <= utcNow;", "=> ExpiresAt?.AddSeconds(1) <= utcNow;")),
        new("expires-early", "A license expires a second early.",
            new Edit(Facts, "=> ExpiresAt <= utcNow;", "=> ExpiresAt?.AddSeconds(-1) <= utcNow;")),
        new("license-cache-stale", "Memory does not follow a change of a license.",
            new Edit(Directory, "byKey.TryRemove(before.Key, out _);\n        byId.TryRemove(before.Id, out _);\n        if (after is not null) Remember(after);", "_ = before;")),
        new("more-seats-unseen", "More seats are there with the next start.",
            new Edit(Directory, "if (after is not null) Remember(after);", "if (after is not null) Remember(after with { Seats = Math.Min(before.Seats, after.Seats) });")),
        new("fewer-seats-end-oldest", "Fewer seats end the oldest sessions.",
            new Edit(Rules, ".OrderBy(group => group.Min(s => s.StartedAt)).ThenBy(group => group.Min(s => s.SessionId)).ToList();", ".OrderByDescending(group => group.Min(s => s.StartedAt)).ThenByDescending(group => group.Min(s => s.SessionId)).ToList();")),
        new("fewer-seats-end-nobody", "Fewer seats end no session.",
            new Edit(Rules, "if (license is not null) ReduceSeats(draft, license.Seats, by, note);", "")),
        new("fewer-seats-end-all", "Fewer seats end every session.",
            new Edit(Rules, "held.Skip(seats).Reverse()", "held.AsEnumerable().Reverse()")),
        new("change-not-told", "The sessions of a license are not looked at when it changes.",
            new Edit("Licensing/LicenseDesk.cs", "var ended = watchers.Sum(watcher => watcher.OnChanging(unit, before.Facts, after.Facts, actor, reason));", "var ended = watchers.Length * 0;"),
            new Edit(Rules, "if (IsStale(session, settings, now.Ms) || EndedBy(license, session, settings, now) is not null) return true;", "if (IsStale(session, settings, now.Ms)) return true;"),
            new Edit(Rules, "if (license is null || sessions.Live.Count(s => s.SeatLead) > license.Seats) return true;", "if (license is null) return true;")),
        new("keep-out-forever", "Who is kept out stays out for ever.",
            new Edit(Sessions, " && !(mark.Until <= utcNow)) return mark;", ") return mark;")),
        new("keep-out-half", "Who is kept out is kept out for half the time.",
            new Edit(People, "batch.Now.Utc + span;", "batch.Now.Utc + (span / 2);")),
        new("mark-for-all-devices", "A mark keeps out every device of the license.",
            new Edit(Sessions, "if (mark.Kind == kind && string.Equals(mark.Device, device, StringComparison.Ordinal) &&", "if (mark.Kind == kind &&")),
        new("logout-without-mark", "A forced logout ends the session and marks nothing.",
            new Edit(Rules, "draft.Mark(mark);\n", "\n")),
        new("license-valid-always-said", "A refusal for a conflict says license_valid: false.",
            new Edit("Api/ClientRefusals.cs", "SessionConflict = true,\n        ActiveDevice", "SessionConflict = true,\n        LicenseValid = false,\n        ActiveDevice")),
    ];

    // What no history could show.
    private static Mutation[] Small =>
    [
        new("stale-after-timeout", "At exactly the timeout a session still lives.",
            new Edit(Rules, "StaleAtMs(session, settings) <= nowMs;", "StaleAtMs(session, settings) < nowMs;")) { Tests = [RulesTests] },
        new("good-at-expiry", "At the very instant of its expiry a license is still good.",
            new Edit(Facts, "=> ExpiresAt <= utcNow;", "=> ExpiresAt < utcNow;")) { Tests = [RulesTests] },
        new("resumes-after-an-hour", "A session may go on an hour after its time-out.",
            new Edit(Rules, "ResumeWithinMs = 15 * 60 * 1000;", "ResumeWithinMs = 60 * 60 * 1000;")) { Tests = [RulesTests, "Api.SessionFlowTests"] },
        new("grace-for-all", "The grace after expiry is for everybody, not only for open positions.",
            new Edit(Questions, " && Telemetry.Of(metadata).HasOpenPosition;", " && (metadata?.Length ?? 0) >= 0;")) { Tests = [RulesTests] },
        new("extends-from-expiry", "An extension counts from an expiry that has passed.",
            new Edit("Licensing/LicenseChange.cs", "var from = expiry > utcNow ? expiry : utcNow;", "var from = expiry;")) { Tests = ["Licensing.LicenseDeskTests"] },
        new("survivors-keep-numbers", "When seats are lowered, those who stay keep the numbers of seats that are gone.",
            new Edit(Rules, "foreach (var session in group) draft.Move(session, seat);", "_ = seat;")) { Tests = [RulesTests] },
        new("names-the-last-to-go", "A conflict names the holder that stays longest.",
            new Edit(Questions, ".MinBy(s => StaleAtMs(s, settings))!;\n        var waitMs", ".MaxBy(s => StaleAtMs(s, settings))!;\n        var waitMs")) { Tests = [RulesTests] },
        new("mark-pruned", "Retention deletes marks with the history.",
            new Edit("Sessions/Retention/OldRows.cs", "    public static IReadOnlyList<OldRows> All { get; } =\n    [",
                "    public static IReadOnlyList<OldRows> All { get; } =\n    [\n        new(\"DeviceMarks\", \"DELETE FROM \\\"DeviceMarks\\\" WHERE \\\"SetAt\\\" < @p0\", (now, days) => [Before(now, days)]),")) { Tests = ["Sessions.RetentionTests"] },
        new("resumable-pruned", "Retention deletes the rows of sessions that may still be resumed.",
            new Edit("Sessions/Retention/OldRows.cs", "now.Ms - StillResumableMs, MostInOneUnit]),", "now.Ms + StillResumableMs, MostInOneUnit]),")) { Tests = ["Sessions.RetentionTests"] },
        new("rollback-changes-memory", "A unit that came to nothing has changed memory.",
            new Edit(Batch, "table.Thaw(entry, commit ? sessions : null);", "table.Thaw(entry, sessions);")) { Tests = ["Sessions.RolledBackTests"] },
        new("rollback-keeps-license", "Memory follows a change of a license before that is durable.",
            new Edit(Directory, "=> unit.OnCommitted(() =>\n    {\n        byKey", "=> ((Action<Action>)(now => now()))(() =>\n    {\n        byKey")) { Tests = ["Licensing.LicenseDeskTests"] },
        new("foreign-changes-unseen", "What another process changed in the database stays unseen.",
            new Edit("Storage/Writer.cs", "if (seenVersion != -1 && version != seenVersion) ForeignChanges++;", "")) { Tests = ["Storage.WriterTests"] },
        new("symbols-always-share", "Bots share a seat though that is switched off.",
            new Edit(Rules, "settings.SymbolSessions == SymbolSessions.SameAddress\n        && symbol is not null", "symbol is not null")) { Tests = [RulesTests] },
    ];
}
