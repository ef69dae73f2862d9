using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// Distinguishes a conflict of a device with itself from one with another device. Where copied devices are refused, the client gets the
/// same answer for both (docs/protocol.md, One device in two places), but pages and events say which it is.
/// </summary>
internal static class CopyRefusal
{
    /// <param name="sessions">The license's, as they are after the decision.</param>
    /// <param name="message">Includes the installation that its device is bound to.</param>
    /// <returns>Where the device is served instead, as text for people; null if the refusal has another cause.</returns>
    public static string? Of(Outcome outcome, LicenseSnapshot license, LicenseSessions sessions, ClientMessage message, SessionSettings settings)
    {
        if (outcome is not Outcome.Conflict(var holder, _) || holder != message.Device || !SessionRules.Refuses(license, settings)) return null;
        if (sessions.Find(message.Device) is not { } own) return null;
        if (IsOtherInstall(own, message)) return "served only to the installation that logged in";
        return own.Copied is not null && !Network.AreSame(own.HomeAddress, message.Address) ? $"served only in {Network.Of(own.HomeAddress)} until the next login" : null;
    }

    // If a session proves its installation, a message with a right token comes from that installation.
    private static bool IsOtherInstall(LiveSession own, ClientMessage message) => message.Install is { } install && (own.Proof?.Install ?? message.BoundTo) is { } bound
        ? install != bound
        : own.Proof is { } proof && proof.Judge(message) is not TokenVerdict.Right;
}
