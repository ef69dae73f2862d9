namespace QuoTrading.Portal.Bench.Mutations;

/// <summary>The bugs that are planted: those that systems of this kind have had, and those that would be easy to make here.</summary>
public static partial class MutationList
{
    private const string Rules = "Sessions/Rules/SessionRules.cs";
    private const string Questions = "Sessions/Rules/SessionRules.Questions.cs";
    private const string Registry = "Sessions/Live/SessionRegistry.cs";
    private const string Loop = "Sessions/Live/CommitLoop.cs";
    private const string Memory = "Sessions/Live/SessionMemory.cs";
    private const string Sweeper = "Sessions/Live/SessionSweeper.cs";
    private const string Service = "Sessions/Live/SessionService.cs";
    private const string Store = "Storage/Sqlite/CommitRows.cs";
    private const string Stored = "Storage/Sqlite/SqliteStoredSessions.cs";
    private const string Transition = "Sessions/Rules/Transition.cs";
    private const string Batch = "Sessions/Live/SessionBatch.cs";
    private const string Table = "Sessions/Live/SessionTable.cs";
    private const string Sessions = "Sessions/Rules/LicenseSessions.cs";
    private const string Clock = "Sessions/Live/ServiceClock.cs";
    private const string StreamRules = "Sessions/Rules/SessionRules.Streams.cs";
    private const string Open = "Sessions/Streams/OpenStreams.cs";
    private const string Staying = "Sessions/Rules/SessionRules.Staying.cs";
    private const string RulesTests = "Sessions.Rules.SessionRulesTests";

    public static IReadOnlyList<Mutation> All { get; } = [.. Sitting, .. Lasting, .. Licenses, .. Streams, .. Places, .. Small];

    // Who sits, and for how long.
    private static Mutation[] Sitting =>
    [
        new("ends-early", "A session is stale one second before its timeout.",
            new Edit(Rules, "session.LastSeenMs + settings.TimeoutMs + session.CreditMs;", "session.LastSeenMs + settings.TimeoutMs - 1000 + session.CreditMs;")),
        new("ends-late", "A session is stale one second after its timeout.",
            new Edit(Rules, "session.LastSeenMs + settings.TimeoutMs + session.CreditMs;", "session.LastSeenMs + settings.TimeoutMs + 1000 + session.CreditMs;")),
        new("late-heartbeat", "A heartbeat that names an ended session starts another.",
            new Edit(Rules, "return message.SessionId is null ? null : transition.Decide(new Outcome.SessionOver());", "return null;")),
        new("seat-beyond", "Where every seat is held, a login gets one more.",
            new Edit(Questions, "if (leads >= license.Seats) return null;", "if (leads >= license.Seats) return new Place(leads + 1, Leads: true);")),
        new("seat-twice", "Where every seat is held, a login gets the first one again.",
            new Edit(Questions, "if (leads >= license.Seats) return null;", "if (leads >= license.Seats) return new Place(1, Leads: true);")),
        new("stale-copy", "Requests that are committed together are decided by how it stood before all of them.",
            new Edit(Registry, "rule(license, sessions, message, batch.Settings, batch.Now), sessions, license, message,", "rule(license, memory.Table.Find(license.Id)?.Sessions ?? LicenseSessions.Empty, message, batch.Settings, batch.Now), sessions, license, message,")),
        new("no-credit", "After a restart or suspension nobody has time left to report again.",
            new Edit(Memory, "if (clock.TakeGap() is { } from) CreditGap(from, now.Ms);", "clock.TakeGap();")),
        new("credit-each-gap", "Every gap gives credit anew, also to the silent.",
            new Edit(Rules, "if (session.CreditMs > 0) return session;\n        var missing", "var missing"),
            new Edit(Rules, "session with { CreditMs = missing }", "session with { CreditMs = session.CreditMs + missing }")),
        new("release-any", "A release ends whatever session the license has.",
            new Edit(Rules, "if (sessions.Find(message.Device) is not { } own || (message", "if (sessions.Live.FirstOrDefault() is not { } own || (message")),
        new("release-unnamed", "A release ends the device's session whichever it names.",
            new Edit(Rules, " || (message.SessionId is { } named && named != own.SessionId)\n            || own.Proof", "\n            || own.Proof")),
        new("answer-first", "Answers leave before their unit is durable.",
            new Edit(Loop, "work[i].Decide(batch);", "work[i].Decide(batch); work[i].Answer();")) { Tests = ["Sessions.Live.RolledBackTests"] },
        new("mark-forgotten", "The mark of a forced logout is not stored.",
            new Edit(Store, "case SessionChange.Marked(var mark):", "case SessionChange.Marked when now.Ms >= 0: break;\n            case SessionChange.Marked(var mark):")),
        new("mark-used-up", "A refused heartbeat clears the mark of the forced logout.",
            new Edit(Rules, "is not null) return transition.Decide(new Outcome.ForcedOut());",
                "is not null) { transition.Unmark(message.Device, MarkKind.ForcedLogout); return transition.Decide(new Outcome.ForcedOut()); }")),
        new("mark-stays", "A login does not clear the mark of the forced logout.",
            new Edit(Rules, "transition.Unmark(message.Device, MarkKind.ForcedLogout);", "")),
        new("stale-continued", "A login does not end stale sessions first.",
            new Edit(Rules, "transition.EndStale();\n        if (transition.Sessions.Find(message.Device) is { } own) return", "if (transition.Sessions.Find(message.Device) is { } own) return")),
        new("clock-runs-on", "The service clock goes on while the server is suspended.",
            new Edit(Clock, "var allowed = Math.Min(passed, MostMs);", "var allowed = passed;")),
        new("shares-anywhere", "Bots with different symbols share a seat from different networks.",
            new Edit(Questions, " || !Network.AreSame(lead.Address, message.Address)) return false;", ") return false;")),
        new("shares-same-symbol", "Bots in one network share a seat though they name the same symbol.",
            new Edit(Questions, "symbol is not null && session.Symbol is not null && !string.Equals(symbol, session.Symbol, StringComparison.Ordinal);", "symbol is not null && session.Symbol is not null;")),
        new("longer-revives", "A longer timeout is in force before what is stale by the old one has ended.",
            new Edit(Service, "SweepAll(batch);\n            batch.ChangeSettings(after);", "batch.ChangeSettings(after);")) { Tests = ["Faults.ClockTests"] },
        new("sweep-ends-live", "The sweeper ends sessions a second and a half too soon.",
            new Edit(Sweeper, "entry.Sessions, inForce, now))", "entry.Sessions, inForce, now with { Ms = now.Ms + 1500 }))"),
            new Edit(Sweeper, "SessionRules.Sweep(license, sessions, batch.Settings, batch.Now)", "SessionRules.Sweep(license, sessions, batch.Settings, batch.Now with { Ms = batch.Now.Ms + 1500 })")),
        new("keep-out-not-for-heartbeats", "Who is kept out may beat.",
            new Edit(Rules, "if (KeptOut(sessions, message, now) is { } keptOut) return transition.Decide(keptOut);", "")),
        new("keep-out-not-for-logins", "Who is kept out may log in.",
            new Edit(Questions, "is { } refused ? refused : KeptOut(sessions, message, now);", "is { } refused ? refused : null;")),
        new("refresh-not-written", "Heartbeats stay in memory.",
            new Edit(Store, "foreach (var session in commit.Refreshed) UpdateLive(session);", "")),
        new("resumes-past-holder", "A heartbeat resumes a timed-out session though another device has held the seat since.",
            new Edit(Transition, "\n            && KeepsHope(r, session))],", ")],")),
        new("resumes-released", "A heartbeat resumes a session that was released.",
            new Edit(Transition, "if (reason == EndReason.TimedOut)", "if (reason is EndReason.TimedOut or EndReason.Released)")),
    ];
}
