using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// docs/protocol.md, What each request does: pure functions, without clock, store or waiting. Every change of a session in the portal is
/// decided here.
/// </summary>
internal static partial class SessionRules
{
    /// <summary>How long after a time-out a session may still be resumed, in milliseconds of service time.</summary>
    public const long ResumeWithinMs = 15 * 60 * 1000;

    /// <summary>What every session has left after a gap, beyond one heartbeat interval; milliseconds.</summary>
    public const long GapMarginMs = 10_000;

    // A message waits at most one second until it is written, and the one before it may have waited as long.
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

    /// <summary>Rule 1, only as a check: the outcome of a login, without a change.</summary>
    public static Decision Check(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        var outcome = Refuse(license, sessions, message, settings, now)
            ?? (WouldFit(license, transition.Sessions, message, settings, now) ? new Outcome.WouldHold() : Conflict(transition.Sessions, settings, now));
        return new Decision(outcome, [], sessions);
    }

    /// <summary><c>main</c> without a device: checks only the license.</summary>
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
    /// Rule 3: ends the device's own session, whatever its age and the license's state. If the message names its program, or hands over,
    /// the session goes on for the other programs.
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

    /// <summary><c>session/clear</c>: ends only stale sessions.</summary>
    public static Decision Clear(LicenseSessions sessions, SessionSettings settings, Instant now)
    {
        var transition = new Transition(sessions, settings, now);
        return transition.Decide(new Outcome.Cleared(transition.EndStale()));
    }

    /// <summary>Rule 4, and sessions that the license no longer allows: called by the server itself. Idempotent.</summary>
    public static Decision Sweep(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now) =>
        Settle(license, sessions, settings, now, by: null, note: null);

    /// <summary>Whether <see cref="Sweep"/> would do anything: called twice a second for every license in use.</summary>
    /// <param name="license">Null if it is not in memory: then it must be read from the store.</param>
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

    /// <summary>Rule 5: the license was changed; null when it is deleted.</summary>
    public static Decision LicenseChanged(LicenseSnapshot? license, LicenseSessions sessions, SessionSettings settings, Instant now, string by, string? note) =>
        Settle(license, sessions, settings, now, by, note);

    /// <summary>The license has another key: a client with the old key must not hold a seat that the owner needs.</summary>
    public static Decision KeyReplaced(LicenseSessions sessions, SessionSettings settings, Instant now, string by, string? note)
    {
        var transition = new Transition(sessions, settings, now);
        transition.EndStale();
        foreach (var session in transition.Sessions.Live) transition.End(session, EndReason.KeyReplaced, by, note);
        return transition.Decide(new Outcome.Cleared(0));
    }

    /// <summary>Rule 5: an administrator logs out one session. Nothing changes if it is not live.</summary>
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
    /// Rule 5: an administrator keeps a device out, whether it is live or not. A session that it holds ends as by a logout. A device that
    /// holds none was not logged out: after the time it may also come back by a heartbeat.
    /// </summary>
    /// <returns><see cref="Outcome.Released"/> if a session ended.</returns>
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

    /// <summary>Rule 5: an administrator lets a device in again. Its sessions stay as they are.</summary>
    /// <returns>An outcome with the number of removed marks: 1 or 0.</returns>
    public static Decision LiftKeepOut(LicenseSessions sessions, string device, SessionSettings settings, Instant now, string by, string? note)
    {
        var transition = new Transition(sessions, settings, now);
        return transition.Decide(new Outcome.Cleared(transition.Unmark(device, MarkKind.KeptOut, by, note) ? 1 : 0));
    }

    /// <summary>
    /// Whether a message that refreshes a session may be answered before it is durable: a killed process may lose the message, but not the
    /// session.
    /// </summary>
    public static bool MayBeWrittenLater(LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        // A message uses up the credit of a gap. By what is stored, the session would still have it, and get none after a restart.
        foreach (var session in sessions.Live)
            if (session.CreditMs > 0) return false;
        // By what is stored, a session that was about to be stale would be stale after a restart.
        return sessions.Find(message.Device) is not { } own || TimesOutAtMs(own, settings) - now.Ms >= WrittenWithinMs;
    }

    /// <summary>At exactly the timeout a session is stale.</summary>
    public static bool IsStale(LiveSession session, SessionSettings settings, long nowMs) => StaleAtMs(session, settings) <= nowMs;

    /// <summary>Service time in milliseconds at which a session is stale if its client sends nothing more.</summary>
    public static long StaleAtMs(LiveSession session, SessionSettings settings) =>
        session.Lost is { } lost
            ? Math.Min(lost.AtMs + Math.Max(settings.GraceMs, lost.LeastMs), TimesOutAtMs(session, settings))
            : TimesOutAtMs(session, settings);

    /// <summary>The same, by the session's messages alone: streams are ignored.</summary>
    public static long TimesOutAtMs(LiveSession session, SessionSettings settings) => session.LastSeenMs + settings.TimeoutMs + session.CreditMs;

    /// <summary>After a gap: at least one interval and 10 s left, granted once between two messages of the session.</summary>
    /// <param name="fromMs">Service time just before the gap: a session that was stale then stays stale.</param>
    public static LiveSession CreditGap(LiveSession session, SessionSettings settings, long fromMs, long nowMs)
    {
        if (IsStale(session, settings, fromMs)) return session;
        // No client could come back while the server was away, so a connection that was lost before the gap does not count.
        if (session.Lost is not null) session = session with { Lost = null };
        if (session.CreditMs > 0) return session;
        var missing = settings.IntervalMs + GapMarginMs - (TimesOutAtMs(session, settings) - nowMs);
        return missing > 0 ? session with { CreditMs = missing } : session;
    }

    /// <summary>Whether a session with this address and symbol may share its seat (docs/protocol.md, Symbol sessions).</summary>
    public static bool CanShare(LiveSession session, string address, string? symbol, SessionSettings settings) =>
        settings.MostOnSeat > 1 && IsAnotherSymbol(session, symbol) && Network.AreSame(address, session.Address);

    /// <summary>
    /// Whether a session that timed out could have shared its seat with the one that holds it now. A client that names its program shares
    /// its seat with no other (docs/protocol.md, Symbol sessions).
    /// </summary>
    public static bool CouldShare(LiveSession past, LiveSession holder, SessionSettings settings) =>
        !NamesApp(holder) && !HasNamedApp(past) && CanShare(past, holder.Address, holder.Symbol, settings);

    /// <summary>What heartbeats and streams have in common: checks the license, the device's own session, and its marks.</summary>
    /// <returns>Null if the device has no session and the message names none.</returns>
    private static Decision? GoOn(Transition transition, LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        if (RefuseLicense(license, sessions, message, settings, now) is { } refusal) return transition.Decide(refusal);

        transition.EndStale();
        var own = transition.Sessions.Find(message.Device);
        var isNamed = message.SessionId is null || own?.SessionId == message.SessionId;
        if (own is not null && isNamed) return Stay(transition, license, own, message, kind, settings, now);
        if (KeptOut(sessions, message, now) is { } keptOut) return transition.Decide(keptOut);
        if (sessions.Mark(message.Device, MarkKind.ForcedLogout, now.Utc) is not null) return transition.Decide(new Outcome.ForcedOut());

        // It named a session that is not live: that one is not resumed, and the message is about no other.
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

    // The newest seats first; all sessions of a seat move together, so that a seat's number is always within the license's seats.
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
