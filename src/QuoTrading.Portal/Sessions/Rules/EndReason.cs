namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How a session ended (docs/admin-api.md, Events). Stored by name.</summary>
public enum EndReason
{
    Released,
    TimedOut,
    ForcedLogout,
    LicenseSuspended,
    LicenseCancelled,
    LicenseExpired,
    LicenseDeleted,
    SeatsReduced,
    KeyReplaced,

    /// <summary>Its streams dropped, and no message came within the disconnect grace.</summary>
    ConnectionLost,

    /// <summary>It shared a seat, was apart for a whole timeout or one device too many there, and no other seat was free.</summary>
    MovedApart,
}
