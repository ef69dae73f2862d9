using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// Tells a conflict that a device has with itself from one with another device: where copied devices are refused, the client is told
/// the same of both (docs/protocol.md, One device in two places), and people are told which it was.
/// </summary>
internal static class CopyRefusal
{
    /// <param name="sessions">The license's, as they are after the decision.</param>
    /// <param name="message">With what its device is bound to.</param>
    /// <returns>Where the device is served instead, for people; null where the refusal has another cause.</returns>
    public static string? Of(Outcome outcome, LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings)
    {
        if (outcome is not Outcome.Conflict(var holder, _) || holder != message.Device || !SessionRules.Refuses(license, settings)) return null;
        if (sessions.Find(message.Device) is not { } own) return null;
        if (IsOtherInstall(own, message)) return "served only to the installation that logged in";
        return own.Copied is not null && !Network.AreSame(own.HomeAddress, message.Address) ? $"served only in {Network.Of(own.HomeAddress)} until the next login" : null;
    }

    // Where a session proves its installation, a message with a right token comes from it.
    private static bool IsOtherInstall(LiveSession own, ClientMessage message) => message.Install is { } install && (own.Proof?.Install ?? message.BoundTo) is { } bound
        ? install != bound
        : own.Proof is { } proof && proof.Judge(message) is not TokenVerdict.Right;
}
