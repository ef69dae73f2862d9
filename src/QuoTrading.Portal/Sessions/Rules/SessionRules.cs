using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// docs/protocol.md, What each request does: pure functions of what is known, without clock, store or waiting. Every change of a
/// session anywhere in the portal was decided here.
/// </summary>
internal static partial class SessionRules
{
    /// <summary>How long after a time-out, in milliseconds of service time, a session may go on as the same one.</summary>
    public const long ResumeWithinMs = 15 * 60 * 1000;

    /// <summary>What every session has left after a gap of the server's, beyond one heartbeat interval; milliseconds.</summary>
    public const long GapMarginMs = 10_000;

    // A message waits for a second at the most until it is written, and so may the one before it have waited.
    private const long WrittenWithinMs = 2000;

    /// <summary>Rule 1: <c>main</c> with a device, <c>validate-license</c> without <c>check_only</c>.</summary>
    public static Decision LogIn(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        if (Refuse(license, sessions, message, settings, now) is { } refusal) return transition.Decide(refusal);

        transition.EndStale();
        if (transition.Sessions.Find(message.Device) is { } own) return Stay(transition, license, own, message, MessageKind.Login, settings, now);
        if (FindSeat(license, transition.Sessions, message, settings, wish: null) is not { } place) return transition.Decide(Conflict(transition.Sessions, settings, now));

        transition.Unmark(message.Device, MarkKind.ForcedLogout);
        transition.Unmark(message.Device, MarkKind.KeptOut);
        var (begun, token) = Prove(NewSession(license, transition.Sessions, message, place, now), [], message, Refuses(license, settings));
        begun = transition.Start(begun, byHeartbeat: false);
        if (IsOtherInstall(message)) begun = transition.See(begun, CopySign.OtherInstall, Network.Of(message.Address).ToString());
        return transition.Decide(new Outcome.Holds(begun, Token: token));
    }

    /// <summary>Rule 1, only asked: the outcome of a login, and no change.</summary>
    public static Decision Check(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        var outcome = Refuse(license, sessions, message, settings, now)
            ?? (WouldFit(license, transition.Sessions, message, settings, now) ? new Outcome.WouldHold() : Conflict(transition.Sessions, settings, now));
        return new Decision(outcome, [], sessions);
    }

    /// <summary><c>main</c> without a device: only the license.</summary>
    public static Decision Validate(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now) =>
        new(RefuseLicense(license, sessions, message, settings, now) is { } refused ? refused : new Outcome.WouldHold(), [], sessions);

    /// <summary>Rule 2.</summary>
    public static Decision Heartbeat(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        if (GoOn(transition, license, sessions, message, MessageKind.Heartbeat, settings, now) is { } decided) return decided;

        var past = transition.Sessions.Resumable.LastOrDefault(r => r.Session.Device == message.Device && now.Ms - r.EndedMs < ResumeWithinMs)?.Session;
        if (message.BoundTo is not null && !MayResume(past, message, Refuses(license, settings))) return transition.Decide(new Outcome.LoginRequired());
        if (FindSeat(license, transition.Sessions, message, settings, past?.Seat) is not { } place) return transition.Decide(Conflict(transition.Sessions, settings, now));
        return transition.Decide(Resume(transition, license, past, message, place, settings, now));
    }

    /// <summary>
    /// Rule 3: the caller's own session, whatever its age and whatever the license's state. Where the message names its program, or
    /// hands over, the session goes on for the others.
    /// </summary>
    public static Decision Release(LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        if (sessions.Find(message.Device) is not { } own || (message.SessionId is { } named && named != own.SessionId)
            || own.Proof?.Judge(message) is TokenVerdict.Old or TokenVerdict.Wrong)
            return transition.Decide(new Outcome.NothingToRelease());
        if (message.Handover && !StaysOnSeat(sessions, own, message, settings, now))
        {
            transition.End(own, EndReason.MovedApart);
            return transition.Decide(new Outcome.NothingToRelease());
        }

        if (Leave(own, message, settings, now) is { } left) transition.Leave(own, left with { ApartSinceMs = ApartSince(sessions, own, message, now) }, message.App ?? "");
        else transition.End(own, EndReason.Released);
        return transition.Decide(new Outcome.Released());
    }

    /// <summary><c>session/clear</c>: only what is stale.</summary>
    public static Decision Clear(LicenseSessions sessions, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        return transition.Decide(new Outcome.Cleared(transition.EndStale()));
    }

    /// <summary>Rule 4, and what a license is no longer good for: called by the server itself. Idempotent.</summary>
    public static Decision Sweep(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now) =>
        Settle(license, sessions, settings, now, by: null, note: null);

    /// <summary>Whether <see cref="Sweep"/> would do anything: asked twice a second of every license in use.</summary>
    /// <param name="license">Null where memory does not know it: then the store must be asked.</param>
    public static bool NeedsSweep(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now)
    {
        foreach (var past in sessions.Resumable)
            if (now.Ms - past.EndedMs >= ResumeWithinMs) return true;
        foreach (var trace in sessions.Traces)
            if (IsForgotten(trace, now)) return true;
        if (sessions.Live.IsEmpty) return false;
        if (license is null || sessions.Live.Count(s => s.SeatLead) > license.Seats) return true;
        foreach (var session in sessions.Live)
            if (IsStale(session, settings, now.Ms) || EndedBy(license, session, settings, now) is not null) return true;
        return false;
    }

    /// <summary>Rule 5: somebody changed the license; null when it is deleted.</summary>
    public static Decision LicenseChanged(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now, string by, string? note) =>
        Settle(license, sessions, settings, now, by, note);

    /// <summary>The license has another key: whoever uses the old one must not hold a seat that its owner needs.</summary>
    public static Decision KeyReplaced(LicenseSessions sessions, SessionSettings settings, Instant now, string by, string? note)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        foreach (var session in transition.Sessions.Live) transition.End(session, EndReason.KeyReplaced, by, note);
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>Rule 5: an administrator logs out one session. Nothing changes where it is not live.</summary>
    /// <param name="keptOut">Also keeps the device out until then.</param>
    public static Decision LogOut(LicenseSessions sessions, Guid sessionId, SessionSettings settings, Instant now, string by, string reason, KeptOutUntil? keptOut)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        if (transition.Sessions.Find(sessionId) is not { } session) return transition.Decide(new Outcome.NothingToRelease());

        var mark = new DeviceMark { LicenseId = session.LicenseId, Device = session.Device, Kind = MarkKind.ForcedLogout, SetAt = now.Utc, SetBy = by, Reason = reason };
        LogOut(transition, session, mark);
        if (keptOut is { } until) transition.Mark(KeptOut(mark, until));
        return transition.Decide(new Outcome.Released());
    }

    /// <summary>
    /// Rule 5: an administrator keeps a device out, whether it is online or not. A session that it holds ends as by a logout. A device
    /// that holds none was not logged out: when its time is over it may also come back by a heartbeat.
    /// </summary>
    /// <returns><see cref="Outcome.Released"/> where a session ended.</returns>
    public static Decision KeepOut(long licenseId, LicenseSessions sessions, string device, SessionSettings settings, Instant now, string by, string reason, KeptOutUntil until)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        var mark = new DeviceMark { LicenseId = licenseId, Device = device, Kind = MarkKind.ForcedLogout, SetAt = now.Utc, SetBy = by, Reason = reason };
        var own = transition.Sessions.Find(device);
        if (own is not null) LogOut(transition, own, mark);
        transition.Mark(KeptOut(mark, until));
        return transition.Decide(own is null ? new Outcome.NothingToRelease() : new Outcome.Released());
    }

    /// <summary>Rule 5: an administrator lets a device in again that was kept out. Its sessions stay as they are.</summary>
    /// <returns>An outcome that counts the marks taken away: 1 or 0.</returns>
    public static Decision LiftKeepOut(LicenseSessions sessions, string device, SessionSettings settings, Instant now, string by, string? note)
    {
        var transition = new Transition(sessions, settings, now);
        return transition.Decide(new Outcome.Cleared(transition.Unmark(device, MarkKind.KeptOut, by, note) ? 1 : 0));
    }

    /// <summary>Whether a message that refreshes a session may be answered before it is durable: it may be lost to a kill, the session must not be.</summary>
    public static bool MayBeWrittenLater(LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        // Whoever uses up the credit of a gap: what is stored would say that he had his credit.
        foreach (var session in sessions.Live)
            if (session.CreditMs > 0) return false;
        // Whoever was about to be stale: by what is stored he would be, when the server starts again.
        return sessions.Find(message.Device) is not { } own || TimesOutAtMs(own, settings) - now.Ms >= WrittenWithinMs;
    }

    /// <summary>At exactly the timeout a session is stale.</summary>
    public static bool IsStale(LiveSession session, SessionSettings settings, long nowMs) => StaleAtMs(session, settings) <= nowMs;

    /// <summary>Service time in milliseconds at which a session is stale if its client is silent from now on.</summary>
    public static long StaleAtMs(LiveSession session, SessionSettings settings) =>
        session.Lost is { } lost
            ? Math.Min(lost.AtMs + Math.Max(settings.GraceMs, lost.LeastMs), TimesOutAtMs(session, settings))
            : TimesOutAtMs(session, settings);

    /// <summary>The same by its messages alone, whatever became of its streams.</summary>
    public static long TimesOutAtMs(LiveSession session, SessionSettings settings) => session.LastSeenMs + settings.TimeoutMs + session.CreditMs;

    /// <summary>After a gap: at least one interval and 10 s left, once between two of the session's own messages.</summary>
    /// <param name="fromMs">Service time just before the gap: what was stale then stays so.</param>
    public static LiveSession CreditGap(LiveSession session, SessionSettings settings, long fromMs, long nowMs)
    {
        if (IsStale(session, settings, fromMs)) return session;
        // While the server was away nobody could come back: what it lost before, it did not lose.
        if (session.Lost is not null) session = session with { Lost = null };
        if (session.CreditMs > 0) return session;
        var missing = settings.IntervalMs + GapMarginMs - (TimesOutAtMs(session, settings) - nowMs);
        return missing > 0 ? session with { CreditMs = missing } : session;
    }

    /// <summary>Whether two sessions, one at this address that names this symbol, may share a seat (docs/protocol.md, Symbol sessions).</summary>
    public static bool CanShare(LiveSession session, string address, string? symbol, SessionSettings settings) =>
        settings.MostOnSeat > 1 && IsAnotherSymbol(session, symbol) && Network.AreSame(address, session.Address);

    /// <summary>
    /// Whether a session that timed out could have shared its seat with the one that holds it now. A client that names its program shares with
    /// no other (docs/protocol.md, Symbol sessions).
    /// </summary>
    public static bool CouldShare(LiveSession past, LiveSession holder, SessionSettings settings) =>
        !NamesApp(holder) && !HasNamedApp(past) && CanShare(past, holder.Address, holder.Symbol, settings);

    /// <summary>What a heartbeat and a stream have in common: the license, the device's own session, what an administrator said.</summary>
    /// <returns>Null where the device has no session, and none was named.</returns>
    private static Decision? GoOn(Transition transition, LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        if (RefuseLicense(license, sessions, message, settings, now) is { } refusal) return transition.Decide(refusal);

        transition.EndStale();
        var own = transition.Sessions.Find(message.Device);
        var isNamed = message.SessionId is null || own?.SessionId == message.SessionId;
        if (own is not null && isNamed) return Stay(transition, license, own, message, kind, settings, now);
        if (KeptOut(sessions, message, now) is { } keptOut) return transition.Decide(keptOut);
        if (sessions.Mark(message.Device, MarkKind.ForcedLogout, now.Utc) is not null) return transition.Decide(new Outcome.ForcedOut());

        // It named a session that is not live: that one is not resumed, and no other is what it asked for.
        return message.SessionId is null ? null : transition.Decide(new Outcome.SessionOver());
    }

    private static void LogOut(Transition transition, LiveSession session, DeviceMark mark)
    {
        transition.End(session, EndReason.ForcedLogout, mark.SetBy, mark.Reason);
        transition.Mark(mark);
    }

    private static DeviceMark KeptOut(DeviceMark mark, KeptOutUntil until) => mark with { Kind = MarkKind.KeptOut, Until = until.Instant };

    private static Outcome.Holds Resume(Transition transition, LicenseSnapshot license, LiveSession? past, ClientMessage message, Place place, SessionSettings settings, Instant now)
    {
        if (past is null) return new Outcome.Holds(transition.Start(NewSession(license, transition.Sessions, message, place, now), byHeartbeat: true));
        var resumed = Follow(past, message, settings, now) with { Seat = place.Seat, SeatLead = place.Leads, ApartSinceMs = null, Interruptions = past.Interruptions + 1 };
        return new Outcome.Holds(transition.Resume(resumed));
    }

    private static Decision Settle(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now, string? by, string? note)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        transition.ForgetPast();
        foreach (var session in transition.Sessions.Live)
            if (EndedBy(license, session, settings, now) is { } reason) transition.End(session, reason, by, note);
        if (license is not null) ReduceSeats(transition, license.Seats, by, note);
        return transition.Decide(new Outcome.Cleared(0));
    }

    // Newest first; the survivors move together, so that a seat's number is always within the license's seats.
    private static void ReduceSeats(Transition transition, int seats, string? by, string? note)
    {
        var held = transition.Sessions.Live.GroupBy(s => s.Seat).OrderBy(group => group.Min(s => s.StartedAt)).ThenBy(group => group.Min(s => s.SessionId)).ToList();
        if (held.Count <= seats && held.TrueForAll(group => group.Key <= seats)) return;

        foreach (var session in held.Skip(seats).Reverse().SelectMany(group => group.OrderBy(s => s.SeatLead)))
            transition.End(session, EndReason.SeatsReduced, by, note);
        var free = Enumerable.Range(1, seats).Except(held.Take(seats).Select(group => group.Key)).ToList();
        foreach (var group in held.Take(seats).Where(group => group.Key > seats))
        {
            var seat = free[0];
            free.RemoveAt(0);
            foreach (var session in group) transition.Move(session, seat);
        }
    }

    private static EndReason? EndedBy(LicenseSnapshot? license, LiveSession session, SessionSettings settings, Instant now) => license switch
    {
        null => EndReason.LicenseDeleted,
        { Status: LicenseStatus.Suspended } => EndReason.LicenseSuspended,
        { Status: LicenseStatus.Cancelled } => EndReason.LicenseCancelled,
        _ when license.IsExpired(now.Utc) && !HasGrace(license, session, settings, now) => EndReason.LicenseExpired,
        _ => null,
    };
}
