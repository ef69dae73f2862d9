using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>docs/protocol.md, The session stream: what opening and losing one does, and how one of several programs leaves.</content>
internal static partial class SessionRules
{
    /// <summary>A stream opens: a sign of life like a heartbeat, but it begins and resumes no session.</summary>
    public static Decision OpenStream(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        if (GoOn(transition, license, sessions, message, MessageKind.Stream, settings, now) is { } decided) return decided;
        return transition.Decide(FindSeat(license, transition.Sessions, message, settings, wish: null) is null ? Conflict(transition.Sessions, settings, now) : new Outcome.SessionOver());
    }

    /// <summary>
    /// The last stream of a session dropped without a release. It has the disconnect grace to come back, if the stream proves
    /// anything: every program that was live in the session must have held one.
    /// </summary>
    /// <param name="streamed">The programs whose last stream dropped, and when, in milliseconds of service time.</param>
    /// <param name="atMs">When the last of them did.</param>
    /// <param name="leastMs">What the session has at least, whatever the grace; milliseconds.</param>
    public static Decision LoseConnection(LicenseSessions sessions, Guid sessionId, IReadOnlyDictionary<string, long> streamed, long atMs, long leastMs, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        // Whatever it said after the drop proves that it lives, with or without a stream. A stream from one network says nothing of
        // whoever is heard from another: somebody may have opened it to end the session by dropping it.
        if (transition.Sessions.Find(sessionId) is { Lost: null } session
            && !session.Elsewhere.Any(heard => now.Ms - heard.LastMs < settings.TimeoutMs)
            && session.LiveApps(settings, now.Ms).ToList() is { Count: > 0 } apps
            && apps.TrueForAll(app => streamed.TryGetValue(app.Name, out var droppedMs) && droppedMs >= app.LastSeenMs))
            transition.Connect(session, new LostConnection(atMs, leastMs));
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>So many streams dropped that it says nothing about this one's client: the session is judged by its heartbeats.</summary>
    public static Decision WaiveGrace(LicenseSessions sessions, Guid sessionId, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        if (transition.Sessions.Find(sessionId) is { Lost: not null } session) transition.Connect(session, null);
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>Whether this release would end the session.</summary>
    public static bool EndsBy(LiveSession own, ClientMessage message, SessionSettings settings, Instant now) => Leave(own, message, settings, now) is null;

    /// <summary>The session without the program that releases it; null where nobody else is in it, so that it ends.</summary>
    private static LiveSession? Leave(LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (message.App is null && !message.Handover) return null;
        var others = Others(own, message.App ?? "", settings, now);
        if (others.IsEmpty && !message.Handover) return null;

        // The session is as old as its last message, whoever sent that; those who stay are as old as their own.
        var left = own with { App = null, OtherApps = others, Report = null };
        if (!others.IsEmpty) left = left with { Metadata = WithoutThose(own, app => others.Any(other => other.Name == app)) };
        // Whoever takes over has the whole timeout to come.
        return message.Handover ? left with { LastSeenAt = now.Utc, LastSeenMs = now.Ms, CreditMs = 0, Lost = null } : left;
    }
}
