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

    /// <summary>Its streams dropped, and nothing came within the disconnect grace.</summary>
    ConnectionLost,

    /// <summary>It shared a seat, and was heard from another network for a whole timeout, or was one too many: and no seat of its own was free.</summary>
    MovedApart,
}
