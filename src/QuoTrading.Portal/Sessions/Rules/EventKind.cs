namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What an event is about. Stored by name; <c>Count</c>, <c>Code</c> and <c>Detail</c> are those of the event.</summary>
public enum EventKind
{
    LoggedIn,
    Continued,
    Resumed,
    Refused,
    Ended,
    KeptOut,

    /// <summary>Requests over a limit were refused: <c>Count</c> of them.</summary>
    RateLimited,

    /// <summary>The license was changed; <c>Code</c> says what, <c>Detail</c> from which value to which.</summary>
    LicenseChanged,

    /// <summary>A mass drop, too many streams at once for crashes: <c>Count</c> of them. Their sessions are judged by heartbeats.</summary>
    StreamsDropped,

    /// <summary>One fingerprint is used in two places: <c>Code</c> is the sign that showed it, <c>Detail</c> the places.</summary>
    CopiedDevice,
}
