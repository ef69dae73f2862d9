using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What more than one request needs.</summary>
internal static partial class SessionRules
{
    /// <summary>A seat, and whether the session would occupy or join it.</summary>
    private sealed record Place(int Seat, bool Leads);

    // Far more than any machine runs. A device that invents names pushes out its own programs.
    private const int MostApps = 16;

    private static Outcome? Refuse(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now) =>
        RefuseLicense(license, sessions, message, settings, now) is { } refused ? refused : KeptOut(sessions, message, now);

    private static Outcome.LicenseRefused? RefuseLicense(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (license.Status == LicenseStatus.Cancelled) return new Outcome.LicenseRefused(LicenseProblem.Cancelled);
        if (license.Status == LicenseStatus.Suspended) return new Outcome.LicenseRefused(LicenseProblem.Suspended);
        if (!license.IsExpired(now.Utc)) return null;

        var own = sessions.Find(message.Device);
        var goesOn = own is not null && !IsStale(own, settings, now.Ms) && HasGrace(license, Follow(own, message, settings, now), settings, now);
        return goesOn ? null : new Outcome.LicenseRefused(LicenseProblem.Expired);
    }

    /// <summary>The license has expired, but a live session with an open position may go on for the expiry grace.</summary>
    private static bool HasGrace(LicenseSnapshot license, LiveSession session, SessionSettings settings, Instant now) =>
        now.Utc < license.ExpiresAt?.AddMinutes(settings.ExpiryGraceMinutes) && HasOpenPosition(session, settings, now.Ms);

    private static Outcome.KeptOut? KeptOut(LicenseSessions sessions, ClientMessage message, Instant now) =>
        sessions.Mark(message.Device, MarkKind.KeptOut, now.Utc) is { } mark ? new(new KeptOutUntil(mark.Until)) : null;

    private static bool WouldFit(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, Instant now)
    {
        if (sessions.Find(message.Device) is { } own)
            return !IsRefusedInstall(license, own, message, settings) && (StaysOnSeat(sessions, own, message, settings, now) || FindOwnSeat(license, sessions, own, message, settings) is not null);
        return FindSeat(license, sessions, message, settings, wish: null) is not null
            // The launcher names no symbol, but the bots that it starts do.
            || (settings.MostOnSeat > 1 && sessions.Live.Any(lead => lead.SeatLead && lead.Symbol is not null && !NamesApp(lead) && Network.AreSame(lead.Address, message.Address)));
    }

    /// <summary>A seat to join, else a free one, else null.</summary>
    /// <param name="wish">The seat to take if it is free.</param>
    private static Place? FindSeat(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings, int? wish)
    {
        foreach (var lead in sessions.Live)
            if (lead.SeatLead && MayJoin(lead, sessions, message, settings)) return new Place(lead.Seat, Leads: false);

        var leads = sessions.Live.Count(s => s.SeatLead);
        if (leads >= license.Seats) return null;
        if (wish is { } seat && seat <= license.Seats && sessions.Live.All(s => s.Seat != seat)) return new Place(seat, Leads: true);
        for (var free = 1; free <= license.Seats; free++)
            if (sessions.Live.All(s => s.Seat != free)) return new Place(free, Leads: true);
        return null;
    }

    // docs/protocol.md, Symbol sessions. Newer clients have one fingerprint a machine for all symbols, so they never need to share. No
    // session joins theirs: it could keep the seat after they leave.
    private static bool MayJoin(LiveSession lead, LicenseSessions sessions, ClientMessage message, SessionSettings settings)
    {
        if (settings.MostOnSeat <= 1 || message.Symbol is null || message.App is not null || !Network.AreSame(lead.Address, message.Address)) return false;
        var count = 0;
        foreach (var mate in sessions.Live)
        {
            if (mate.Seat != lead.Seat) continue;
            if (NamesApp(mate) || !IsAnotherSymbol(mate, message.Symbol)) return false;
            count++;
        }

        return count < settings.MostOnSeat;
    }

    // A session that was handed over has no program, and only clients that name their program hand over.
    private static bool NamesApp(LiveSession session) => HasNamedApp(session) || (session.App is null && session.OtherApps.IsEmpty);

    private static bool HasNamedApp(LiveSession session)
    {
        if (session.App is { Length: > 0 }) return true;
        foreach (var other in session.OtherApps)
            if (other.Name.Length > 0) return true;
        return false;
    }

    private static bool IsAnotherSymbol(LiveSession session, string? symbol) =>
        symbol is not null && session.Symbol is not null && !string.Equals(symbol, session.Symbol, StringComparison.Ordinal);

    /// <summary>Names the holder of the seat that is free first: each seat is held until the last of its sessions is stale.</summary>
    private static Outcome.Conflict Conflict(LicenseSessions sessions, SessionSettings settings, Instant now)
    {
        var holder = sessions.Live
            .GroupBy(s => s.Seat)
            .Select(seat => seat.MaxBy(s => StaleAtMs(s, settings))!)
            .MinBy(s => StaleAtMs(s, settings))!;
        return Conflict(holder, settings, now);
    }

    private static Outcome.Conflict Conflict(LiveSession holder, SessionSettings settings, Instant now) =>
        new(holder.Device, (int)Math.Max(1, (StaleAtMs(holder, settings) - now.Ms + 999) / 1000));

    private static LiveSession NewSession(LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, Place place, Instant now) => Remember(sessions, message, now, new()
    {
        SessionId = Guid.CreateVersion7(new DateTimeOffset(now.Utc)),
        LicenseId = license.Id,
        Device = message.Device,
        Seat = place.Seat,
        SeatLead = place.Leads,
        Address = StringPool.Share(message.Address),
        Symbol = StringPool.Share(message.Symbol),
        BotVersion = StringPool.Share(message.BotVersion),
        Status = StringPool.Share(message.Status),
        Metadata = message.Metadata,
        DeviceName = message.DeviceName,
        StartedAt = now.Utc,
        LastSeenAt = now.Utc,
        LastSeenMs = now.Ms,
        App = StringPool.Share(message.App ?? ""),
        HomeAddress = StringPool.Share(message.Address),
    });

    /// <summary>The session after a message: a value that the message does not contain stays, and the credit of a gap is used up.</summary>
    private static LiveSession Follow(LiveSession session, ClientMessage message, SessionSettings settings, Instant now)
    {
        var followed = FollowOne(session, message, settings, now);
        return IsShared(session, message) ? Share(session, followed, message, settings, now) : followed;
    }

    private static LiveSession FollowOne(LiveSession session, ClientMessage message, SessionSettings settings, Instant now) => session with
    {
        Address = Keep(session.Address, message.Address),
        Symbol = Keep(session.Symbol, message.Symbol),
        BotVersion = Keep(session.BotVersion, message.BotVersion),
        Status = Keep(session.Status, message.Status),
        Metadata = Keep(session.Metadata, message.Metadata),
        DeviceName = Keep(session.DeviceName, message.DeviceName),
        LastSeenAt = now.Utc,
        LastSeenMs = now.Ms,
        CreditMs = 0,
        Lost = null,
        App = Keep(session.App, message.App ?? ""),
        OtherApps = OthersThan(message.App ?? "", session, settings, now),
    };

    // Nearly every message repeats the values of the one before. Then the old string stays, and the new one goes with its request.
    [return: NotNullIfNotNull(nameof(before)), NotNullIfNotNull(nameof(now))]
    private static string? Keep(string? before, string? now) => now is null || string.Equals(before, now, StringComparison.Ordinal) ? before : now;

    // Usually one program sends all messages, and nothing changes.
    private static ImmutableArray<SessionApp> OthersThan(string app, LiveSession session, SessionSettings settings, Instant now) =>
        session.OtherApps.IsEmpty && (session.App is null || session.App == app)
            ? session.OtherApps
            : Others(session, app, settings, now);
}
