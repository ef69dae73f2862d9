using System.Collections.Immutable;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>
/// What a message of a device that holds a session must be: of the device that the session was given to, and at the place of its
/// seat (docs/protocol.md, Symbol sessions, One device in two places). Judged at every message, not at the login alone.
/// </content>
internal static partial class SessionRules
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

    private const int MostProgramsOfAMachine = 6;
    private const int MostSymbolsCounted = 32;

    // Fewer in a short session are an ordinary start.
    private const int LeastBeatsToRemember = 4;

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

    /// <summary>Whether copied devices of the license are refused: by its own setting, else by that for all.</summary>
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
            // A login begins anew what is said of places.
            // Whoever was there before goes on without a token, unless it is the bound installation that comes back, to where it is not.
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

    /// <summary>A login with <c>install</c> gives its program a token; one without goes on without.</summary>
    /// <param name="programs">Those that were in the session before it.</param>
    private static (LiveSession Session, SessionToken? Token) Prove(LiveSession session, IEnumerable<string> programs, ClientMessage message, bool refuses)
    {
        if (message.Install is not { } install || message.FreshToken is not { } token)
            return (session.Proof is { } asked ? session with { Proof = asked.LetGo(message.App) } : session, null);
        // Where copies are refused, what was given to another installation is worth nothing once the right one is there.
        var proof = session.Proof is { } before && !(refuses && before.Install != install) ? before
            : new SessionProof(install, []) { Free = session.Proof is null ? [.. programs] : [] };
        return (session with { Proof = proof.Issue(message.App, token, install) with { IsGuest = refuses && IsOtherInstall(message) } }, token);
    }

    // While the device that is bound is live, whoever cannot name its installation is another device, where the setting says so: but for
    // an old program in the same place. The installation that the device is bound to is never refused.
    private static bool IsRefusedInstall(LicenseSnapshot license, LiveSession own, ClientMessage message, SessionSettings settings)
    {
        if (!Refuses(license, settings) || (message.Install is { } install && install == message.BoundTo)) return false;
        return IsOtherInstall(message) || (own.Proof is { } proof && message.Install != proof.Install
            && (message.Install is not null || !Network.AreSame(own.HomeAddress, message.Address)));
    }

    /// <summary>Whether a heartbeat of a bound device may go on without a login: by a right token, or in a session that asked for none.</summary>
    private static bool MayResume(LiveSession? past, ClientMessage message, bool refuses) =>
        past is not null && (past.Proof is { } proof ? proof.Judge(message) is TokenVerdict.Right : !refuses);

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
    private static Place? FindOwnSeat(LicenseSnapshot license, LicenseSessions sessions, LiveSession own, ClientMessage message, SessionSettings settings) =>
        FindSeat(license, sessions with { Live = sessions.Live.Remove(own) }, message with { Symbol = message.Symbol ?? own.Symbol }, settings, wish: null);

    private static (CopySign Sign, string Where)? LooksCopied(LiveSession own, ClientMessage message, MessageKind kind, SessionSettings settings, Instant now)
    {
        // A program that proves its installation is in one place, however many lines that has. Two may be in two, with a copied profile.
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
        // Each program, and each bot of a symbol, beats for itself; more of them than a machine has are more machines.
        var programs = Math.Min(Math.Max(own.LiveApps(settings, now.Ms).Count(), own.BeatSymbols.Length), Math.Max(MostProgramsOfAMachine, settings.MostOnSeat));
        var expected = countedMs / (double)Math.Min(settings.IntervalMs, SlowestInstalledMs) * Math.Max(1, programs);
        return own.Beats >= TwoSendMoreThan * expected ? (CopySign.TooManyHeartbeats, Places(own, message)) : null;
    }

    private static string Places(LiveSession own, ClientMessage message) =>
        Network.AreSame(own.Address, message.Address) ? Network.Of(message.Address).ToString() : $"{Network.Of(own.Address)} and {Network.Of(message.Address)}";

    private static ImmutableArray<HeardNetwork> ElsewhereAfter(LiveSession own, ClientMessage message, SessionSettings settings, Instant now)
    {
        var here = Network.Of(message.Address);
        // Within a timeout a dropped stream of one network says nothing of the other, either.
        var sinceMs = now.Ms - Math.Max(BackWithinIntervals * settings.IntervalMs, settings.TimeoutMs);
        return [new HeardNetwork(Network.Of(own.Address), own.LastSeenMs), .. own.Elsewhere.Where(heard => heard.Network != here && heard.LastMs >= sinceMs).Take(MostElsewhere - 1)];
    }

    // Logins too: who only logs in, again and again, uses the license as well.
    private static (long BeatsSinceMs, int Beats, ImmutableArray<string> BeatSymbols) Count(LiveSession before, ClientMessage message, Instant now)
    {
        if (before.BeatsSinceMs == 0 || now.Ms - before.BeatsSinceMs >= BeatsCountedForMs) return (now.Ms, 1, []);
        var symbols = before.BeatSymbols;
        if (message.Symbol is { } symbol && before.Symbol is { } other && symbol != other && symbols.Length < MostSymbolsCounted)
            symbols = [.. symbols.Append(other).Append(symbol).Distinct()];
        return (before.BeatsSinceMs, before.Beats + 1, symbols);
    }

    /// <summary>Whether an ended session leaves a trace: what it showed of two places would be gone with a release and a login.</summary>
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
