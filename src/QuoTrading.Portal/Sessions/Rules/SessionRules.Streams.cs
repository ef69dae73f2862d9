using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>docs/protocol.md, The session stream: what opening and losing a stream does, and how one of several programs leaves.</content>
internal static partial class SessionRules
{
    /// <summary>A stream opens: it proves life like a heartbeat, but begins and resumes no session.</summary>
    public static Decision OpenStream(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        if (GoOn(transition, license, sessions, message, MessageKind.Stream, settings, now) is { } decided) return decided;
        return transition.Decide(FindSeat(license, transition.Sessions, message, settings, wish: null) is null ? Conflict(transition.Sessions, settings, now) : new Outcome.SessionOver());
    }

    /// <summary>
    /// The last stream of a session dropped without a release. The session has the disconnect grace to come back, if the drop proves
    /// anything: every program that was live in the session must have held a stream.
    /// </summary>
    /// <param name="streamed">By program, when its last stream dropped, in milliseconds of service time.</param>
    /// <param name="atMs">When the last of all streams dropped, in milliseconds of service time.</param>
    /// <param name="leastMs">The least time that the session has, whatever the grace; milliseconds.</param>
    public static Decision LoseConnection(LicenseSessions sessions, Guid sessionId, IReadOnlyDictionary<string, long> streamed, long atMs, long leastMs, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        // A message after the drop proves that the client lives, with or without a stream. A stream from one network proves nothing about a
        // client on another: it may have been opened only to end the session by dropping it.
        if (transition.Sessions.Find(sessionId) is { Lost: null } session
            && !session.Elsewhere.Any(heard => now.Ms - heard.LastMs < settings.TimeoutMs)
            && session.LiveApps(settings, now.Ms).ToList() is { Count: > 0 } apps
            && apps.TrueForAll(app => streamed.TryGetValue(app.Name, out var droppedMs) && droppedMs >= app.LastSeenMs))
            transition.Connect(session, new LostConnection(atMs, leastMs));
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>A mass drop says nothing about this session's client: the session is judged by its heartbeats.</summary>
    public static Decision WaiveGrace(LicenseSessions sessions, Guid sessionId, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        if (transition.Sessions.Find(sessionId) is { Lost: not null } session) transition.Connect(session, null);
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>Whether this release would end the session.</summary>
    public static bool EndsBy(LiveSession own, ClientMessage message, SessionSettings settings, Instant now) => Leave(own, message, settings, now) is null;

    /// <summary>The session without the program that releases it; null if no other program is in it, so that it ends.</summary>
    private static LiveSession? Leave(LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (message.App is null && !message.Handover) return null;
        var others = Others(own, message.App ?? "", settings, now);
        if (others.IsEmpty && !message.Handover) return null;

        // The session is as old as its last message, whichever program sent it; the programs that stay are as old as their own.
        var left = own with { App = null, OtherApps = others, Report = null };
        if (!others.IsEmpty) left = left with { Metadata = WithoutThose(own, app => others.Any(other => other.Name == app)) };
        // The program that takes over has the whole timeout to send its first message.
        return message.Handover ? left with { LastSeenAt = now.Utc, LastSeenMs = now.Ms, CreditMs = 0, Lost = null } : left;
    }
}
