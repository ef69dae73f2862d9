using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions;

/// <content>
/// What a message of a device that holds a session must be: of the device that the session was given to, and at the place of its
/// seat (PROTOCOL.md, Symbol sessions, One device in two places). Judged at every message, not at the login alone.
/// </content>
public static partial class SessionRules
{
    /// <summary>A session that was heard from another network within so many intervals is in two places.</summary>
    public const int BackWithinIntervals = 3;

    /// <summary>Heartbeats are counted for so long, in milliseconds of service time, before anything is said about their number.</summary>
    public const long BeatsCountedForMs = 5 * 60 * 1000;

    // Between the interval that clients are told and the fastest one that installed bots have (20 s, and a check every 300 s), a
    // machine sends up to 1.6 times what is expected; two machines send at least twice as much, but for one at either end.
    private const double TwoSendMoreThan = 1.8;

    // Installed bots beat at least so often, whatever they are told.
    private const long SlowestInstalledMs = 30_000;

    // Whoever moves on faster is in as many places as one can be.
    private const int MostElsewhere = 8;

    private enum MessageKind
    {
        Login,
        Heartbeat,
        Stream,
    }

    /// <summary>Whether this login names another installation than the one that the device is bound to.</summary>
    private static bool IsOtherInstall(ClientMessage message) => message.Install is { } install && message.BoundTo is { } bound && install != bound;

    /// <summary>The device's own session goes on, if the message is the device's, and from where its seat is.</summary>
    private static Decision Stay(Draft draft, LicenseFacts license, LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        if (kind != MessageKind.Login && own.Proof is { } proof && proof.Judge(message) is var verdict and not TokenVerdict.Right)
        {
            if (verdict == TokenVerdict.Old) draft.Prove(draft.See(own, CopySign.OldToken, Places(own, message)), proof.Void(message.App));
            return draft.Decide(new Outcome.LoginRequired());
        }

        if (kind == MessageKind.Login && IsRefusedInstall(license, own, message, settings))
        {
            var refused = IsOtherInstall(message) ? draft.See(own, CopySign.OtherInstall, Places(own, message)) : own;
            return draft.Decide(Conflict(refused, settings, now));
        }

        if (LooksCopied(own, message, kind, settings, now) is { } seen) own = draft.See(own, seen.Sign, seen.Where);
        if (kind != MessageKind.Login && own.Copied is not null && (license.CopiedDevices ?? settings.CopiedDevices) == CopiedDevices.Refuse
            && !Network.AreSame(own.HomeAddress, message.Address))
            return draft.Decide(Conflict(own, settings, now));

        if (!StaysOnSeat(draft.Sessions, own, message, settings, now))
        {
            if (FindOwnSeat(license, draft.Sessions, own, message, settings) is not { } place)
            {
                draft.End(own, EndReason.MovedApart);
                return draft.Decide(Conflict(draft.Sessions, settings, now));
            }

            own = draft.MoveApart(own, place.Seat, place.Leads);
        }

        return Refresh(draft, own, message, kind, settings, now);
    }

    private static Decision Refresh(Draft draft, LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        var symbolTaken = message.Symbol is not null && message.Symbol != own.Symbol
            && draft.Sessions.Live.Any(mate => mate.Seat == own.Seat && mate.Device != own.Device && mate.Symbol == message.Symbol);
        var heard = symbolTaken ? message with { Symbol = null } : message;
        var (beatsSinceMs, beats) = kind == MessageKind.Heartbeat ? Count(own, heard, now) : (own.BeatsSinceMs, own.Beats);
        var refreshed = Follow(own, heard, settings, now) with
        {
            IntervalMs = now.Ms - own.LastSeenMs,
            ApartSinceMs = ApartSince(draft.Sessions, own, message, now),
            Elsewhere = Network.AreSame(own.Address, message.Address) ? own.Elsewhere : ElsewhereAfter(own, message, settings, now),
            BeatsSinceMs = beatsSinceMs,
            Beats = beats,
        };

        SessionToken? token = null;
        var proved = refreshed.Proof;
        if (kind == MessageKind.Login)
        {
            // A login begins anew what is said of places.
            (refreshed, token) = Prove(refreshed with { HomeAddress = refreshed.Address, Copied = null }, message);
        }
        else if (kind == MessageKind.Heartbeat && proved is not null)
        {
            refreshed = refreshed with { Proof = proved.Beat(message, out token) };
        }

        refreshed = draft.Refresh(own, refreshed, byLogin: kind == MessageKind.Login);
        if (token is not null && kind == MessageKind.Heartbeat) refreshed = draft.Prove(refreshed, refreshed.Proof!);
        if (kind == MessageKind.Login && IsOtherInstall(message)) refreshed = draft.See(refreshed, CopySign.OtherInstall, Places(own, message));
        return draft.Decide(new Outcome.Holds(refreshed, symbolTaken, token));
    }

    /// <summary>A login with <c>install</c> gives its program a token; one without leaves the session as it was.</summary>
    private static (LiveSession Session, SessionToken? Token) Prove(LiveSession session, ClientMessage message)
    {
        if (message.Install is not { } install || message.FreshToken is not { } token) return (session, null);
        return (session with { Proof = (session.Proof ?? new SessionProof(install, [])).Issue(message.App, token, install) }, token);
    }

    // While the device that is bound is live, whoever cannot name its installation is another device, where the setting says so.
    private static bool IsRefusedInstall(LicenseFacts license, LiveSession own, ClientMessage message, SessionSettings settings) =>
        (license.CopiedDevices ?? settings.CopiedDevices) == CopiedDevices.Refuse
        && (IsOtherInstall(message) || (own.Proof is not null && message.Install != own.Proof.Install));

    /// <summary>Whether a session may stay on the seat that it shares. Whoever leads a seat may.</summary>
    private static bool StaysOnSeat(LicenseSessions sessions, LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (own.SeatLead) return true;
        // The oldest stay: the lead, and whoever came before.
        var before = 0;
        foreach (var mate in sessions.Live)
            if (mate.Seat == own.Seat && mate.SessionId != own.SessionId && (mate.SeatLead || IsOlder(mate, own))) before++;
        return before < settings.MostOnSeat && !(ApartSince(sessions, own, message, now) is { } since && now.Ms - since >= settings.TimeoutMs);
    }

    private static bool IsOlder(LiveSession one, LiveSession other) =>
        one.StartedAt != other.StartedAt ? one.StartedAt < other.StartedAt : one.SessionId.CompareTo(other.SessionId) < 0;

    // The seat's network is the one that its lead was last heard from. A laptop takes all its bots along within an interval, and behind a
    // router with two lines the lead is here and there in turn: what counts is since when it was not where the other is.
    private static long? ApartSince(LicenseSessions sessions, LiveSession own, ClientMessage message, Instant now)
    {
        if (own.SeatLead) return null;
        foreach (var lead in sessions.Live)
        {
            if (!lead.SeatLead || lead.Seat != own.Seat) continue;
            if (Network.AreSame(lead.Address, message.Address)) return null;
            var sinceMs = own.ApartSinceMs ?? now.Ms;
            foreach (var heard in lead.Elsewhere)
                if (heard.LastMs > sinceMs && heard.Network == Network.Of(message.Address)) sinceMs = heard.LastMs;
            return sinceMs;
        }

        return null;
    }

    /// <summary>A seat for a session that may not stay where it is; null where there is none.</summary>
    private static Place? FindOwnSeat(LicenseFacts license, LicenseSessions sessions, LiveSession own, ClientMessage message, SessionSettings settings) =>
        FindSeat(license, sessions with { Live = sessions.Live.Remove(own) }, message with { Symbol = message.Symbol ?? own.Symbol }, settings, wish: null);

    private static (CopySign Sign, string Where)? LooksCopied(LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        // Whoever proves his installation is in one place, however many lines it has.
        if (own.Proof is not null) return null;
        if (!Network.AreSame(own.Address, message.Address))
        {
            var here = Network.Of(message.Address);
            var sinceMs = now.Ms - (BackWithinIntervals * settings.IntervalMs);
            var recent = 0;
            foreach (var heard in own.Elsewhere)
            {
                if (heard.LastMs < sinceMs) continue;
                if (heard.Network == here) return (CopySign.TwoNetworks, Places(own, message));
                recent++;
            }

            if (recent >= MostElsewhere) return (CopySign.TwoNetworks, $"{recent + 2} networks, {Network.Of(own.Address)} and {here} among them");
        }

        var countedMs = now.Ms - own.BeatsSinceMs;
        if (kind != MessageKind.Heartbeat || own.BeatsSinceMs == 0 || countedMs < BeatsCountedForMs) return null;
        var expected = countedMs / (double)Math.Min(settings.IntervalMs, SlowestInstalledMs) * Math.Max(1, own.LiveApps(settings, now.Ms).Count());
        return own.Beats >= TwoSendMoreThan * expected ? (CopySign.TooManyHeartbeats, Places(own, message)) : null;
    }

    private static string Places(LiveSession own, ClientMessage message) =>
        Network.AreSame(own.Address, message.Address) ? Network.Of(message.Address).ToString() : $"{Network.Of(own.Address)} and {Network.Of(message.Address)}";

    private static System.Collections.Immutable.ImmutableArray<HeardNetwork> ElsewhereAfter(LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        var here = Network.Of(message.Address);
        var sinceMs = now.Ms - (BackWithinIntervals * settings.IntervalMs);
        return [new HeardNetwork(Network.Of(own.Address), own.LastSeenMs), .. own.Elsewhere.Where(heard => heard.Network != here && heard.LastMs >= sinceMs).Take(MostElsewhere - 1)];
    }

    // Programs of one machine that name different symbols beat each for itself: their number says nothing.
    private static (long SinceMs, int Beats) Count(LiveSession before, ClientMessage message, Instant now) =>
        before.BeatsSinceMs == 0 || (message.Symbol is not null && message.Symbol != before.Symbol) || now.Ms - before.BeatsSinceMs >= BeatsCountedForMs
            ? (now.Ms, 1)
            : (before.BeatsSinceMs, before.Beats + 1);
}
