using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// Something that happened: a login, a refusal, an end. Rows are added and never edited, except that one row counts equal events
/// (refusals of one license and device within 60 s; requests over one limit; the time-outs and resumes of one session).
/// </summary>
public sealed class SessionEvent
{
    public long Id { get; set; }

    /// <summary>UTC; the first of <see cref="Count"/>.</summary>
    public DateTime At { get; set; }

    /// <summary>UTC; the last of <see cref="Count"/>.</summary>
    public DateTime LastAt { get; set; }

    public int Count { get; set; } = 1;

    public EventKind Kind { get; set; }

    /// <summary>The code of a refusal, as in the answer to the client; the reason of an end.</summary>
    public string? Code { get; set; }

    public long? LicenseId { get; set; }

    public string? CustomerEmail { get; set; }

    public string? KeyMasked { get; set; }

    public Guid? SessionId { get; set; }

    public string? Device { get; set; }

    public string? Address { get; set; }

    /// <summary>The person, token or command line that caused it; else null.</summary>
    public string? By { get; set; }

    public string? Detail { get; set; }
}
