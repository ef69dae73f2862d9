using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>docs/protocol.md, Too many requests: how much one license may begin in a day.</content>
internal static partial class SessionRules
{
    /// <summary>Whether the license has begun as many sessions as it may today.</summary>
    public static bool IsBeyond(LicenseSnapshot license, LicenseToday today, LimitOptions limits) => today.Sessions >= (long)limits.SessionsPerSeatAndDay * license.Seats;

    /// <summary>Whether a session begins with this decision.</summary>
    public static bool Begins(Decision decision)
    {
        foreach (var change in decision.Changes)
            if (change is SessionChange.Started) return true;
        return false;
    }

    /// <summary>Refuses a decision that begins a session, if the license has begun as many as it may today.</summary>
    /// <remarks>A known device may begin some more, so that another client with the same key cannot use up the day of the owner.</remarks>
    /// <param name="isNewDevice">The device has not logged in to this license for 30 days.</param>
    /// <param name="before">The license's sessions before the decision.</param>
    public static Decision WithinToday(Decision decision, LicenseSessions before, LicenseSnapshot license, LicenseToday today, bool isNewDevice, LimitOptions limits)
    {
        if (!Begins(decision)) return decision;
        DailyLimit? over = isNewDevice && today.NewDevices >= (long)limits.NewDevicesPerSeatAndDay * license.Seats ? DailyLimit.NewDevices
            : IsBeyond(license, today, limits) && (isNewDevice || today.Beyond >= LimitOptions.SessionsBeyondOfADevice) ? DailyLimit.Sessions
            : null;
        return over is { } what ? new Decision(new Outcome.TooMuchToday(what, (int)Math.Max(1, (today.LeftMs + 999) / 1000)), [], before) : decision;
    }
}
