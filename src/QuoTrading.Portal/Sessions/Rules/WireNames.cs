using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The names of closed sets, as in docs/client-api.md and docs/admin-api.md: in requests, events and page filters.</summary>
public static class WireNames
{
    /// <summary>The <c>code</c> of the event that a device is let in again.</summary>
    public const string KeepOutLifted = "keep_out_lifted";

    public static string Of(EndReason reason) => reason switch
    {
        EndReason.Released => "released",
        EndReason.TimedOut => "timed_out",
        EndReason.ForcedLogout => "forced_logout",
        EndReason.LicenseSuspended => "license_suspended",
        EndReason.LicenseCancelled => "license_cancelled",
        EndReason.LicenseExpired => "license_expired",
        EndReason.LicenseDeleted => "license_deleted",
        EndReason.SeatsReduced => "seats_reduced",
        EndReason.KeyReplaced => "key_replaced",
        EndReason.ConnectionLost => "connection_lost",
        EndReason.MovedApart => "moved_apart",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Of(EventKind kind) => kind switch
    {
        EventKind.LoggedIn => "logged_in",
        EventKind.Continued => "continued",
        EventKind.Resumed => "resumed",
        EventKind.Refused => "refused",
        EventKind.Ended => "ended",
        EventKind.KeptOut => "kept_out",
        EventKind.RateLimited => "rate_limited",
        EventKind.LicenseChanged => "license_changed",
        EventKind.StreamsDropped => "streams_dropped",
        EventKind.CopiedDevice => "copied_device",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(LicenseStatus status) => status switch
    {
        LicenseStatus.Active => "active",
        LicenseStatus.Suspended => "suspended",
        LicenseStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Of(LicenseStanding standing) => standing switch
    {
        LicenseStanding.Active => "active",
        LicenseStanding.Expired => "expired",
        LicenseStanding.Suspended => "suspended",
        LicenseStanding.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    public static string Of(SymbolSessions setting) => setting switch
    {
        SymbolSessions.SameAddress => "same_address",
        SymbolSessions.Off => "off",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    public static string Of(CopiedDevices setting) => setting switch
    {
        CopiedDevices.Report => "report",
        CopiedDevices.Refuse => "refuse",
        _ => throw new ArgumentOutOfRangeException(nameof(setting)),
    };

    /// <summary>The <c>code</c> of an event about a device in two places.</summary>
    public static string Of(CopySign sign) => sign switch
    {
        CopySign.TwoNetworks => "two_networks",
        CopySign.TooManyHeartbeats => "too_many_heartbeats",
        CopySign.OtherInstall => "other_install",
        CopySign.OldToken => "old_token",
        _ => throw new ArgumentOutOfRangeException(nameof(sign)),
    };

    /// <summary>The <c>code</c> of an event about requests over a limit.</summary>
    public static string Of(RequestLimit limit) => limit switch
    {
        RequestLimit.License => "license_limit",
        RequestLimit.UnknownKeys => "unknown_key_limit",
        _ => throw new ArgumentOutOfRangeException(nameof(limit)),
    };

    /// <summary>The stable <c>code</c> of a refusal; null if the outcome is no refusal.</summary>
    public static string? RefusalCode(Outcome outcome) => outcome switch
    {
        Outcome.UnknownKey => "unknown_key",
        Outcome.LicenseRefused { Problem: LicenseProblem.Suspended } => "license_suspended",
        Outcome.LicenseRefused { Problem: LicenseProblem.Cancelled } => "license_cancelled",
        Outcome.LicenseRefused { Problem: LicenseProblem.Expired } => "license_expired",
        Outcome.Conflict => "session_conflict",
        Outcome.ForcedOut => "forced_logout",
        Outcome.KeptOut => "kept_out",
        Outcome.SessionOver => "session_ended",
        Outcome.LoginRequired => "login_required",
        Outcome.TooMuchToday { What: DailyLimit.NewDevices } => "too_many_devices",
        Outcome.TooMuchToday { What: DailyLimit.Sessions } => "too_many_sessions",
        _ => null,
    };
}
