using System.Collections.Immutable;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>
/// What a message of a device with a session must satisfy: it comes from the device that the session was given to, and from the network
/// of its seat (docs/protocol.md, Symbol sessions, One device in two places). Checked at every message, not only at the login.
/// </content>
internal static partial class SessionRules
{
    /// <summary>A session that returns to a network within so many intervals, after it was heard from another, is in two places.</summary>
    public const int BackWithinIntervals = 3;

    /// <summary>How long heartbeats are counted before their number is judged, in milliseconds of service time.</summary>
    public const long BeatsCountedForMs = 5 * 60 * 1000;

    // Installed bots may be faster than the interval that they are told (every 20 s, and a check every 300 s): one machine sends up to 1.6
    // times the expected number. Two machines send at least twice as much, less one heartbeat at either end of the count.
    private const double TwoSendMoreThan = 1.8;

    // Installed bots send a heartbeat at least so often, whatever interval they are told.
    private const long SlowestInstalledMs = 30_000;

    private const int MostProgramsOfAMachine = 6;
    private const int MostSymbolsCounted = 32;

    // Fewer heartbeats in a short session are an ordinary start.
    private const int LeastBeatsToRemember = 4;

    // A session that is heard from so many other networks in a short time counts as in two places.
    private const int MostElsewhere = 8;

    private enum MessageKind
    {
        Login,
        Heartbeat,
        Stream,
    }

    /// <summary>Whether this login names another installation than the one that the device is bound to.</summary>
    private static bool IsOtherInstall(ClientMessage message) => message.Install is { } install && message.BoundTo is { } bound && install != bound;

    /// <summary>The device's own session goes on, if the message comes from that device and from the network of its seat.</summary>
    private static Decision Stay(Transition transition, LicenseSnapshot license, LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        if (kind != MessageKind.Login && own.Proof is { } proof && proof.Judge(message) is var verdict and not TokenVerdict.Right)
        {
            if (verdict == TokenVerdict.Old) transition.Prove(transition.See(own, CopySign.OldToken, Places(own, message)), proof.Void(message.App));
            return transition.Decide(new Outcome.LoginRequired());
        }

        if (kind == MessageKind.Login && IsRefusedInstall(license, own, message, settings))
        {
            var refused = IsOtherInstall(message) ? transition.See(own, CopySign.OtherInstall, Places(own, message)) : own;
            return transition.Decide(Conflict(refused, settings, now));
        }

        if (LooksCopied(own, message, kind, settings, now) is { } seen) own = transition.See(own, seen.Sign, seen.Where);
        if (kind != MessageKind.Login && own.Copied is not null && Refuses(license, settings)
            && !Network.AreSame(own.HomeAddress, message.Address))
            return transition.Decide(Conflict(own, settings, now));

        if (!StaysOnSeat(transition.Sessions, own, message, settings, now))
        {
            if (FindOwnSeat(license, transition.Sessions, own, message, settings) is not { } place)
            {
                transition.End(own, EndReason.MovedApart);
                return transition.Decide(Conflict(transition.Sessions, settings, now));
            }

            own = transition.MoveApart(own, place.Seat, place.Leads);
        }

        return Refresh(transition, own, message, kind, Refuses(license, settings), settings, now);
    }

    /// <summary>Whether copied devices of the license are refused: by its own setting, else by the setting for all licenses.</summary>
    internal static bool Refuses(LicenseSnapshot license, SessionSettings settings) => (license.CopiedDevices ?? settings.CopiedDevices) == CopiedDevices.Refuse;

    private static Decision Refresh(Transition transition, LiveSession own, ClientMessage message, MessageKind kind, bool refuses, SessionSettings settings, Instant now)
    {
        var symbolTaken = message.Symbol is not null && message.Symbol != own.Symbol
            && transition.Sessions.Live.Any(mate => mate.Seat == own.Seat && mate.Device != own.Device && mate.Symbol == message.Symbol);
        var heard = symbolTaken ? message with { Symbol = null } : message;
        var counted = kind == MessageKind.Stream ? (own.BeatsSinceMs, own.Beats, own.BeatSymbols) : Count(own, heard, now);
        var refreshed = Follow(own, heard, settings, now) with
        {
            IntervalMs = now.Ms - own.LastSeenMs,
            ApartSinceMs = ApartSince(transition.Sessions, own, message, now),
            Elsewhere = Network.AreSame(own.Address, message.Address) ? own.Elsewhere : ElsewhereAfter(own, message, settings, now),
            BeatsSinceMs = counted.BeatsSinceMs,
            Beats = counted.Beats,
            BeatSymbols = counted.BeatSymbols,
        };

        SessionToken? token = null;
        var proved = refreshed.Proof;
        if (kind == MessageKind.Login)
        {
            // A login resets the signs of two places. Programs that were in the session before go on without a token, unless the bound
            // installation comes back from another network than the session's home.
            var before = refuses && message.Install is { } install && install == message.BoundTo && !Network.AreSame(own.HomeAddress, message.Address)
                ? [] : own.LiveApps(settings, now.Ms).Select(app => app.Name);
            (refreshed, token) = Prove(refreshed with { HomeAddress = refreshed.Address, Copied = null }, before, message, refuses);
        }
        else if (kind == MessageKind.Heartbeat && proved is not null)
        {
            refreshed = refreshed with { Proof = proved.Beat(message, out token) };
        }

        refreshed = transition.Refresh(own, refreshed, byLogin: kind == MessageKind.Login);
        if (token is not null && kind == MessageKind.Heartbeat) refreshed = transition.Prove(refreshed, refreshed.Proof!);
        if (kind == MessageKind.Login && IsOtherInstall(message)) refreshed = transition.See(refreshed, CopySign.OtherInstall, Places(own, message));
        return transition.Decide(new Outcome.Holds(refreshed, symbolTaken, token));
    }

    /// <summary>A login with <c>install</c> gives its program a token; a login without it lets the program go on without.</summary>
    /// <param name="programs">The programs that were in the session before the login.</param>
    private static (LiveSession Session, SessionToken? Token) Prove(LiveSession session, IEnumerable<string> programs, ClientMessage message, bool refuses)
    {
        if (message.Install is not { } install || message.FreshToken is not { } token)
            return (session.Proof is { } asked ? session with { Proof = asked.LetGo(message.App) } : session, null);
        // Where copies are refused, tokens that were given to another installation are void once the right one logs in.
        var proof = session.Proof is { } before && !(refuses && before.Install != install) ? before
            : new SessionProof(install, []) { Free = session.Proof is null ? [.. programs] : [] };
        return (session with { Proof = proof.Issue(message.App, token, install) with { IsGuest = refuses && IsOtherInstall(message) } }, token);
    }

    // Where copied devices are refused, a login without the installation of the live session comes from another device. The exception is an
    // old program on the session's home network. The installation that the device is bound to is never refused.
    private static bool IsRefusedInstall(LicenseSnapshot license, LiveSession own, ClientMessage message, SessionSettings settings)
    {
        if (!Refuses(license, settings) || (message.Install is { } install && install == message.BoundTo)) return false;
        return IsOtherInstall(message) || (own.Proof is { } proof && message.Install != proof.Install
            && (message.Install is not null || !Network.AreSame(own.HomeAddress, message.Address)));
    }

    /// <summary>Whether a bound device may resume by a heartbeat: with a right token, or if its session demanded none.</summary>
    private static bool MayResume(LiveSession? past, ClientMessage message, bool refuses) =>
        past is not null && (past.Proof is { } proof ? proof.Judge(message) is TokenVerdict.Right : !refuses);

    /// <summary>Whether a session may stay on the seat that it shares. The lead of a seat may always stay.</summary>
    private static bool StaysOnSeat(LicenseSessions sessions, LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (own.SeatLead) return true;
        // The oldest stay: the lead, and the sessions that began earlier.
        var before = 0;
        foreach (var mate in sessions.Live)
            if (mate.Seat == own.Seat && mate.SessionId != own.SessionId && (mate.SeatLead || IsOlder(mate, own))) before++;
        return before < settings.MostOnSeat && !(ApartSince(sessions, own, message, now) is { } since && now.Ms - since >= settings.TimeoutMs);
    }

    private static bool IsOlder(LiveSession one, LiveSession other) =>
        one.StartedAt != other.StartedAt ? one.StartedAt < other.StartedAt : one.SessionId.CompareTo(other.SessionId) < 0;

    // The seat's network is the one that its lead was last heard from. When a laptop moves, all its bots follow within an interval; behind
    // a router with two lines the lead alternates between networks. So what counts is when the lead was last on this session's network.
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

    /// <summary>Another seat for a session that may not stay on its own; null if there is none.</summary>
    private static Place? FindOwnSeat(LicenseSnapshot license, LicenseSessions sessions, LiveSession own, ClientMessage message, SessionSettings settings) =>
        FindSeat(license, sessions with { Live = sessions.Live.Remove(own) }, message with { Symbol = message.Symbol ?? own.Symbol }, settings, wish: null);

    private static (CopySign Sign, string Where)? LooksCopied(LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        // A program that proves its installation is in one place, even behind two lines. Two programs may be in two, with a copied profile.
        if (own.Proof is { } proof && proof.IsShownBy(message) && own.OtherApps.IsEmpty && (own.App is null || own.App == (message.App ?? ""))) return null;
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
        if (kind == MessageKind.Stream || own.BeatsSinceMs == 0 || countedMs < BeatsCountedForMs) return null;
        // Each program, and each bot of a symbol, sends its own heartbeats. More of them than one machine runs are more than one machine.
        var programs = Math.Min(Math.Max(own.LiveApps(settings, now.Ms).Count(), own.BeatSymbols.Length), Math.Max(MostProgramsOfAMachine, settings.MostOnSeat));
        var expected = countedMs / (double)Math.Min(settings.IntervalMs, SlowestInstalledMs) * Math.Max(1, programs);
        return own.Beats >= TwoSendMoreThan * expected ? (CopySign.TooManyHeartbeats, Places(own, message)) : null;
    }

    private static string Places(LiveSession own, ClientMessage message) =>
        Network.AreSame(own.Address, message.Address) ? Network.Of(message.Address).ToString() : $"{Network.Of(own.Address)} and {Network.Of(message.Address)}";

    private static ImmutableArray<HeardNetwork> ElsewhereAfter(LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        var here = Network.Of(message.Address);
        // Kept for the timeout at least: within it, a dropped stream of one network says nothing about the other (LoseConnection).
        var sinceMs = now.Ms - Math.Max(BackWithinIntervals * settings.IntervalMs, settings.TimeoutMs);
        return [new HeardNetwork(Network.Of(own.Address), own.LastSeenMs), .. own.Elsewhere.Where(heard => heard.Network != here && heard.LastMs >= sinceMs).Take(MostElsewhere - 1)];
    }

    // Counts logins too: a client that only logs in, again and again, also uses the license.
    private static (long BeatsSinceMs, int Beats, ImmutableArray<string> BeatSymbols) Count(LiveSession before, ClientMessage message, Instant now)
    {
        if (before.BeatsSinceMs == 0 || now.Ms - before.BeatsSinceMs >= BeatsCountedForMs) return (now.Ms, 1, []);
        var symbols = before.BeatSymbols;
        if (message.Symbol is { } symbol && before.Symbol is { } other && symbol != other && symbols.Length < MostSymbolsCounted)
            symbols = [.. symbols.Append(other).Append(symbol).Distinct()];
        return (before.BeatsSinceMs, before.Beats + 1, symbols);
    }

    /// <summary>The trace of an ended session; null if it showed no signs of two places.</summary>
    /// <remarks>Without it, a release and a login would erase these signs.</remarks>
    internal static PlaceTrace? TraceOf(LiveSession ended, SessionSettings settings, Instant now)
    {
        var countedMs = Math.Max(1, now.Ms - ended.BeatsSinceMs);
        var isFast = ended.Beats >= LeastBeatsToRemember && ended.Beats >= TwoSendMoreThan * countedMs / Math.Min(settings.IntervalMs, SlowestInstalledMs);
        return ended.Elsewhere.IsEmpty && !isFast ? null : new PlaceTrace(ended, now.Ms);
    }

    internal static bool IsForgotten(PlaceTrace trace, Instant now) => now.Ms - trace.EndedMs >= BeatsCountedForMs;

    private static LiveSession Remember(LicenseSessions sessions, ClientMessage message, Instant now, LiveSession begun)
    {
        foreach (var trace in sessions.Traces)
        {
            if (trace.Session.Device != begun.Device || IsForgotten(trace, now)) continue;
            var ended = trace.Session;
            return begun with
            {
                Elsewhere = Network.AreSame(ended.Address, message.Address) ? ended.Elsewhere : [new HeardNetwork(Network.Of(ended.Address), ended.LastSeenMs), .. ended.Elsewhere.Take(MostElsewhere - 1)],
                BeatsSinceMs = ended.BeatsSinceMs,
                Beats = ended.Beats + 1,
                BeatSymbols = ended.BeatSymbols,
            };
        }

        return begun;
    }
}
