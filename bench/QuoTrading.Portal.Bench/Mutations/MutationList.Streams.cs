using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Mutations;

public static partial class MutationList
{
    private const string StreamRulesTests = "Sessions.Streams.StreamRulesTests";
    private const string StreamTests = "Api.Clients.StreamTests";

    // The session stream: what a drop means and what it does not, programs of one device, hand-over.
    private static Mutation[] Streams =>
    [
        new("drop-without-grace", "A session ends as soon as its last stream dropped.",
            new Edit(Rules, "lost.AtMs + Math.Max(settings.GraceMs, lost.LeastMs)", "lost.AtMs")),
        new("grace-never-ends", "A dropped stream says nothing: the session lives by its heartbeats.",
            new Edit(StreamRules, "transition.Connect(session, new LostConnection(atMs, leastMs));", "_ = atMs + leastMs;")) { Timeouts = Timeouts.LongOnes },
        new("old-bot-not-asked", "A drop counts though another program beats without a stream.",
            new Edit(StreamRules, "&& apps.TrueForAll(app =>", "&& apps.Exists(app =>")),
        new("heartbeat-after-drop", "A message within the grace does not end it.",
            new Edit(Questions, "        Lost = null,\n", "")),
        new("drop-before-message", "A message that came after the drop and before the verdict does not count.",
            new Edit(StreamRules, " && droppedMs >= app.LastSeenMs)", ")")) { Tests = [StreamRulesTests] },
        new("stream-keeps-drop", "A stream that is opened again is a sign of life, and the drop before it counts on.",
            new Edit(StreamRules, "if (GoOn(transition, license, sessions, message, MessageKind.Stream, settings, now) is { } decided) return decided;",
                "if (GoOn(transition, license, sessions, message, MessageKind.Stream, settings, now) is { } decided)\n        {\n            if (decided.Outcome is Outcome.Holds && sessions.Find(message.Device) is { Lost: { } lost }) transition.Connect(transition.Sessions.Find(message.Device)!, lost);\n            return transition.Decide(decided.Outcome);\n        }")) { Tests = [StreamRulesTests] },
        new("login-keeps-drop", "A login within the grace does not end it.",
            new Edit(Staying, "refreshed with { HomeAddress = refreshed.Address, Copied = null }", "refreshed with { HomeAddress = refreshed.Address, Copied = null, Lost = own.Lost }")) { Tests = [StreamRulesTests] },
        new("drop-of-former", "A drop is judged against whatever session the license has.",
            new Edit(StreamRules, "if (transition.Sessions.Find(sessionId) is { Lost: null } session\n", "if (transition.Sessions.Live.FirstOrDefault(s => s.SessionId != sessionId || s.Lost is null) is { Lost: null } session\n")) { Tests = [StreamRulesTests] },
        new("mass-not-waived", "However many streams drop at once, each session has the grace and no more.",
            new Edit("Sessions/Streams/MassDrops.cs", "if (recent.Count > Most && recent.Count > Share * of)", "if (recent.Count < 0)")),
        new("mass-waived-from-now-on", "Of many streams that drop at once the first ones keep their grace.",
            new Edit(Registry, "foreach (var drop in verdict.Waived) Apply", "foreach (var drop in verdict.Waived.Skip(verdict.Waived.Count)) Apply")),
        new("stop-is-drop", "A server that stops counts its streams as dropped.",
            new Edit(Open, "            stopped = true;\n            foreach (var stream in holders.Values.SelectMany(holder => holder.Open)) stream.Close();", "            foreach (var stream in holders.Values.SelectMany(holder => holder.Open)) stream.Close();"),
            new Edit(Open, "if (!stream.IsClosed) holder.Dropped", "holder.Dropped")) { Tests = ["Api.Clients.RestartTests"] },
        new("hand-over-ends", "A hand-over ends the session.",
            new Edit(StreamRules, "if (others.IsEmpty && !message.Handover) return null;", "if (others.IsEmpty) return null;")),
        new("hand-over-by-old-time", "After a hand-over the session has what was left of its timeout.",
            new Edit(StreamRules, "? left with { LastSeenAt = now.Utc, LastSeenMs = now.Ms, CreditMs = 0, Lost = null } : left;", "? left with { Lost = null } : left;")) { Timeouts = Timeouts.LongOnes },
        new("app-release-ends-all", "A release that names its program ends the session for all.",
            new Edit(StreamRules, "if (message.App is null && !message.Handover) return null;", "if (!message.Handover) return null;")),
        new("gap-keeps-drop", "After a gap whoever had lost his connection before has no time to come back.",
            new Edit(Rules, "if (session.Lost is not null) session = session with { Lost = null };", "")) { Tests = [StreamRulesTests] },
        new("stream-begins", "A stream begins a session where a seat is free.",
            new Edit(StreamRules, "return transition.Decide(FindSeat(license, transition.Sessions, message, settings, wish: null) is null ?",
                "if (message.SessionId is null && FindSeat(license, transition.Sessions, message, settings, wish: null) is { } place) return transition.Decide(new Outcome.Holds(transition.Start(NewSession(license, message, place, now), byHeartbeat: true)));\n        return transition.Decide(FindSeat(license, transition.Sessions, message, settings, wish: null) is null ?")),
        new("logout-not-said", "The streams of a session that has ended are closed without a word.",
            new Edit(Open, "stream.Close(last);", "stream.Close();")) { Tests = [StreamTests] },
        new("streams-stay", "The streams of a session that has ended stay open.",
            new Edit("Sessions/Streams/StreamWatcher.cs", "if (change is SessionChange.Ended(var ended, var reason, _, _)) streams.End(", "if (change is SessionChange.Ended(var ended, var reason, _, _) && unit.Count < 0) streams.End(")) { Tests = [StreamTests] },
        new("lost-resumable", "A session whose connection was lost is resumed by a heartbeat.",
            new Edit(Transition, "if (reason == EndReason.TimedOut) Sessions", "if (reason is EndReason.TimedOut or EndReason.ConnectionLost) Sessions")) { Timeouts = Timeouts.LongOnes },
        new("drop-by-other-clock", "The time of a drop is taken from the machine's clock.",
            new Edit("Api/Clients/StreamResult.cs", "streams.Remove(stream, registry.ServiceNowMs);", "streams.Remove(stream, Environment.TickCount64);")) { Tests = [StreamTests] },
        new("one-of-two-drops", "A drop counts though another stream of the session is open.",
            new Edit(Open, "if (stopped || holder.Open.Count > 0 || holder", "if (stopped || holder"),
            new Edit(Registry, "if (!isBack(drop)) Apply", "Apply")) { Tests = [StreamTests] },
    ];
}
