using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Checks the reason that is required to end a session or to keep a device out.</summary>
internal static class SessionReasons
{
    /// <returns>What is wrong with it; null if it is valid.</returns>
    public static string? Check(string? reason) => reason?.Trim() is { Length: > 0 and <= LogOutResult.MaxReasonLength } why && LicenseRules.CheckText("reason", "reason", why, LogOutResult.MaxReasonLength) is null
        ? null
        : $"reason is needed: 1 to {LogOutResult.MaxReasonLength} characters that tell why, for the history, without control characters.";
}
