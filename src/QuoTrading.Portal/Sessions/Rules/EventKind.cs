namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What an event tells of. Stored by name; <c>Count</c>, <c>Code</c> and <c>Detail</c> are the event's.</summary>
public enum EventKind
{
    LoggedIn,
    Continued,
    Resumed,
    Refused,
    Ended,
    KeptOut,

    /// <summary>Requests over a limit were told to wait: <c>Count</c> of them.</summary>
    RateLimited,

    /// <summary>Somebody changed the license; <c>Code</c> says what, <c>Detail</c> from what to what.</summary>
    LicenseChanged,

    /// <summary>Too many streams dropped at once for crashes: <c>Count</c> of them, whose sessions are judged by their heartbeats.</summary>
    StreamsDropped,

    /// <summary>One fingerprint in two places: <c>Code</c> says what showed it, <c>Detail</c> where.</summary>
    CopiedDevice,
}
