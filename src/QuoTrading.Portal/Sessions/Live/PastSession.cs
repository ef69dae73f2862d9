using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// One row per session: written at its start, completed at its end, reopened when it resumes. Customer and masked key are copied into it,
/// so that history outlives the license.
/// </summary>
public sealed class PastSession
{
    /// <summary>UUIDv7, so it sorts by the time of the start.</summary>
    public Guid SessionId { get; set; }

    public long LicenseId { get; set; }

    public long CustomerId { get; set; }

    public required string CustomerEmail { get; set; }

    public required string KeyMasked { get; set; }

    public required string Plan { get; set; }

    public required string Device { get; set; }

    public string? DeviceName { get; set; }

    public required string Address { get; set; }

    public string? Symbol { get; set; }

    public string? BotVersion { get; set; }

    public int Seat { get; set; }

    /// <summary>UTC.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>UTC; the last message. Null until the session ends.</summary>
    public DateTime? LastSeenAt { get; set; }

    /// <summary>UTC; null while it is live.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>The end in milliseconds of service time; the time in which it may resume counts from here.</summary>
    public long? EndedMs { get; set; }

    public EndReason? EndReason { get; set; }

    /// <summary>The person, token or command line that ended it; else null.</summary>
    public string? EndedBy { get; set; }

    /// <summary>The reason that was given for the end.</summary>
    public string? EndNote { get; set; }

    public int Interruptions { get; set; }

    /// <summary>The row of a session that starts.</summary>
    internal static PastSession Of(LiveSession session, LicenseSnapshot license) => new()
    {
        SessionId = session.SessionId,
        LicenseId = session.LicenseId,
        CustomerId = license.CustomerId,
        CustomerEmail = license.CustomerEmail,
        KeyMasked = license.KeyMasked,
        Plan = license.Plan,
        Device = session.Device,
        DeviceName = session.DeviceName,
        Address = session.Address,
        Symbol = session.Symbol,
        BotVersion = session.BotVersion,
        Seat = session.Seat,
        StartedAt = session.StartedAt,
    };

    /// <summary>Applies a change of this session; changes of other sessions are ignored.</summary>
    internal void Follow(SessionChange change, Instant now)
    {
        switch (change)
        {
            case SessionChange.Resumed(var session) when session.SessionId == SessionId:
                (EndedAt, EndedMs, EndReason, LastSeenAt, Interruptions, Seat) = (null, null, null, null, session.Interruptions, session.Seat);
                break;
            case SessionChange.Placed(var session) when session.SessionId == SessionId:
                Seat = session.Seat;
                break;
            case SessionChange.Ended(var session, var reason, var by, var note) when session.SessionId == SessionId:
                (EndedAt, EndedMs, EndReason, EndedBy, EndNote, LastSeenAt) = (now.Utc, now.Ms, reason, by, note, session.LastSeenAt);
                (Symbol, BotVersion, DeviceName, Address) = (session.Symbol, session.BotVersion, session.DeviceName, session.Address);
                break;
        }
    }
}
