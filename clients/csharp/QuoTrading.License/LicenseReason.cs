using System;

namespace QuoTrading;

/// <summary>Why the license is not held.</summary>
/// <param name="code">For programs: one of <see cref="LicenseReasonCode"/>, or another code of the server's.</param>
/// <param name="message">For people: one or two sentences.</param>
/// <param name="activeDevice">Of a conflict: the first characters of the fingerprint of the device that has the license.</param>
/// <param name="waitSeconds">Of a conflict: when the license would be free if that device fell silent now; seconds.</param>
public sealed class LicenseReason(string code, string message, string activeDevice = "", double waitSeconds = 0)
{
    /// <summary>For programs: one of <see cref="LicenseReasonCode"/>, or another code of the server's.</summary>
    public string Code { get; } = code;

    /// <summary>For people: one or two sentences.</summary>
    public string Message { get; } = message;

    /// <summary>Of a conflict: the first characters of the fingerprint of the device that has the license; else empty.</summary>
    public string ActiveDevice { get; } = activeDevice;

    /// <summary>Of a conflict: when the license would be free if that device fell silent now; seconds. Else 0.</summary>
    public double WaitSeconds { get; } = waitSeconds;

    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message}";
}

/// <summary>The codes of <see cref="LicenseReason.Code"/>: what the server calls its refusals, and what the client calls the rest.</summary>
public static class LicenseReasonCode
{
    /// <summary>Nobody has logged in yet.</summary>
    public const string NotLoggedIn = "not_logged_in";

    /// <summary>The server did not answer a login for as long as its patience.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>What answers at the address is no license server.</summary>
    public const string NoPortal = "no_portal";

    /// <summary>The answers are not signed by one of the keys that the program has.</summary>
    public const string NotSigned = "not_signed";

    /// <summary>The server's certificate is not accepted.</summary>
    public const string Certificate = "certificate";

    /// <summary>A program of this user holds the license under the same app already.</summary>
    public const string AlreadyRunning = "already_running";

    /// <summary>No answer for a while; another device may have it where the state is lost.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>The stream is silent and a heartbeat was not answered.</summary>
    public const string Silent = "silent";

    /// <summary>The computer was suspended, or the program stood still.</summary>
    public const string Paused = "paused";

    /// <summary>This program has given it back.</summary>
    public const string Released = "released";

    /// <summary>This program has left it to the next one.</summary>
    public const string HandedOver = "handed_over";

    /// <summary>Another device has the license.</summary>
    public const string SessionConflict = "session_conflict";

    /// <summary>An administrator has logged the device out.</summary>
    public const string ForcedLogout = "forced_logout";

    /// <summary>An administrator keeps the device out.</summary>
    public const string KeptOut = "kept_out";

    /// <summary>The session has ended on the server.</summary>
    public const string SessionEnded = "session_ended";

    /// <summary>The session has timed out on the server.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The server asks for a new login: two go on from one, or it has lost what proved this one.</summary>
    public const string LoginRequired = "login_required";

    /// <summary>There is no such license.</summary>
    public const string UnknownKey = "unknown_key";

    /// <summary>The license has expired.</summary>
    public const string LicenseExpired = "license_expired";

    /// <summary>The license is suspended.</summary>
    public const string LicenseSuspended = "license_suspended";

    /// <summary>The license is cancelled.</summary>
    public const string LicenseCancelled = "license_cancelled";

    internal const string TooManyDevices = "too_many_devices";
    internal const string TooManySessions = "too_many_sessions";
}

/// <summary>What an event of a <see cref="LicenseSession"/> tells.</summary>
/// <param name="state">The state it changed to.</param>
/// <param name="reason">Why it is not held; null while it is.</param>
/// <param name="settings">What the server wants, as last told.</param>
public sealed class LicenseEventArgs(LicenseState state, LicenseReason? reason, LicenseSettings settings) : EventArgs
{
    /// <summary>The state when it happened.</summary>
    public LicenseState State { get; } = state;

    /// <summary>Why it is not held; null while it is.</summary>
    public LicenseReason? Reason { get; } = reason;

    /// <summary>What the server wants, as last told.</summary>
    public LicenseSettings Settings { get; } = settings;
}

/// <summary>What the server wants; all in seconds. Every answer brings it anew.</summary>
/// <param name="heartbeatInterval">How often a heartbeat is due.</param>
/// <param name="sessionTimeout">After how long without a message the session ends.</param>
/// <param name="disconnectGrace">After how long the session ends when its stream has dropped.</param>
public sealed class LicenseSettings(double heartbeatInterval, double sessionTimeout, double disconnectGrace)
{
    /// <summary>How often a heartbeat is due; seconds.</summary>
    public double HeartbeatInterval { get; } = heartbeatInterval;

    /// <summary>After how long without a message the session ends; seconds.</summary>
    public double SessionTimeout { get; } = sessionTimeout;

    /// <summary>After how long the session ends when its stream has dropped; seconds.</summary>
    public double DisconnectGrace { get; } = disconnectGrace;
}
