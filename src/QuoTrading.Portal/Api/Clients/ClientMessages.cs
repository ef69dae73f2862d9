using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>The sentences that a client shows its user, the same in a refusal and on a stream.</summary>
internal static class ClientMessages
{
    public const string Expired = "License expired";
    public const string Suspended = "License is suspended";
    public const string Cancelled = "License is cancelled";
    public const string ForcedOut = "You have been logged out by an administrator. Log in again to continue.";

    /// <param name="until">An instant in UTC, or for good.</param>
    public static string KeptOut(KeptOutUntil until) => until.Instant is null
        ? "You have been logged out by an administrator. This device may not log in. Please contact support."
        : $"You have been logged out by an administrator. This device may log in again from {ClientTime.Text(until.Instant)} UTC.";

    public static string Ended(EndReason reason) => reason switch
    {
        EndReason.Released => "The session was released.",
        EndReason.TimedOut => "The session timed out: no heartbeat came.",
        EndReason.ConnectionLost => "The connection was lost, and nothing came within the disconnect grace.",
        EndReason.ForcedLogout => ForcedOut,
        EndReason.LicenseSuspended => Suspended,
        EndReason.LicenseCancelled => Cancelled,
        EndReason.LicenseExpired => Expired,
        EndReason.LicenseDeleted => "The license no longer exists.",
        EndReason.SeatsReduced => "The license has fewer seats now, and this session was the newest.",
        EndReason.MovedApart => "It shared a seat with another program of its computer, and is not with it any more.",
        EndReason.KeyReplaced => "The license has a new key. Log in again with it.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
