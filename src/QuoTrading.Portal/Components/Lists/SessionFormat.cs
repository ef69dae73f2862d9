using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>Texts, tones and icons for end reasons, event kinds and codes. Keys are the words of addresses and exports.</summary>
internal static class SessionFormat
{
    /// <summary>The value of <c>end</c> in an address for sessions that have not ended.</summary>
    public const string Live = "live";

    /// <summary>End reasons by their word.</summary>
    public static readonly IReadOnlyDictionary<string, EndReason> Ends = Enum.GetValues<EndReason>().ToDictionary(WireNames.Of, StringComparer.Ordinal);

    /// <summary>Event kinds by their word.</summary>
    public static readonly IReadOnlyDictionary<string, EventKind> Kinds = Enum.GetValues<EventKind>().ToDictionary(WireNames.Of, StringComparer.Ordinal);

    /// <summary>
    /// The heading for a fingerprint that looks as if two devices used it. A question, because a router with two lines looks the same.
    /// </summary>
    public const string CopiedDevice = "Copied device?";

    /// <summary>The icon of <see cref="CopiedDevice"/>.</summary>
    public const string CopiedIcon = "device_unknown";

    /// <summary>What support can do about a device that did not prove itself, and what an administrator can do.</summary>
    public const string ProofAdvice =
        "The customer starts the program again, which logs it in; if it comes back, two copies of one installation run, and an administrator may set the license to refuse copied devices (Edit).";

    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["released"] = "Ended by the client",
        ["timed_out"] = "Timed out",
        ["forced_logout"] = "Logged out by us",
        ["license_suspended"] = "License suspended",
        ["license_cancelled"] = "License cancelled",
        ["license_expired"] = "License expired",
        ["license_deleted"] = "License deleted",
        ["seats_reduced"] = "Seats reduced",
        ["key_replaced"] = "Key replaced",
        ["connection_lost"] = "Connection lost",
        ["moved_apart"] = "Left a shared seat",
        ["session_conflict"] = "In use on another device",
        ["unknown_key"] = "Unknown key",
        ["kept_out"] = "Device kept out",
        ["session_ended"] = "Session had ended",
        ["login_required"] = "Did not prove itself",
        ["too_many_devices"] = "Too many new devices today",
        ["too_many_sessions"] = "Too many sessions today",
        ["two_networks"] = "Two networks",
        ["too_many_heartbeats"] = "Twice the heartbeats",
        ["other_install"] = "Another installation",
        ["old_token"] = "Two from one login",
        ["copied_devices_changed"] = "Copied device? setting changed",
        ["license_limit"] = "One license too often",
        ["unknown_key_limit"] = "Too many unknown keys",
        ["license_reactivated"] = "License reactivated",
        ["expiry_changed"] = "Expiry changed",
        ["seats_changed"] = "Seats changed",
        ["plan_changed"] = "Plan changed",
        ["customer_changed"] = "Customer changed",
        [WireNames.KeepOutLifted] = "Device let in again",
    };

    /// <summary>The codes that events of this kind have; all codes if the kind is null.</summary>
    public static IEnumerable<KeyValuePair<string, string>> CodesOf(EventKind? kind) => kind switch
    {
        EventKind.Refused => Pick("session_conflict", "unknown_key", "license_expired", "license_suspended", "license_cancelled", "forced_logout", "kept_out", "session_ended", "login_required", "too_many_devices", "too_many_sessions"),
        EventKind.Ended => Pick([.. Ends.Keys]),
        EventKind.RateLimited => Pick("license_limit", "unknown_key_limit"),
        EventKind.CopiedDevice => Pick([.. Enum.GetValues<CopySign>().Select(WireNames.Of)]),
        EventKind.LicenseChanged => Pick("license_suspended", "license_cancelled", "license_reactivated", "license_deleted", "key_replaced", "expiry_changed", "seats_changed", "copied_devices_changed", "plan_changed", "customer_changed"),
        EventKind.KeptOut => Pick(WireNames.KeepOutLifted),
        EventKind.LoggedIn or EventKind.Continued or EventKind.Resumed or EventKind.StreamsDropped => [],
        _ => Codes,
    };

    /// <summary>The text of a code; a code without a text is returned unchanged.</summary>
    public static string Code(string code) => Codes.GetValueOrDefault(code, code);

    /// <summary>The sign that a device may be copied, in short.</summary>
    public static string Sign(CopySign sign) => Code(WireNames.Of(sign));

    /// <summary>The sign with its heading: <c>Copied device? Two networks</c>.</summary>
    public static string Copied(CopySign sign) => $"{CopiedDevice} {Sign(sign)}";

    /// <summary>What support tells the customer about a refusal that needs an explanation; null for all other events.</summary>
    public static string? Advice(SessionEvent happened) => happened.Code == "login_required" ? ProofAdvice : null;

    /// <summary>The detail of an event; a fixed text that the portal wrote is replaced by a sentence.</summary>
    public static string? Detail(SessionEvent happened) => happened.Detail == "check only" ? "only asked whether the license is good" : happened.Detail;

    /// <summary>The text of an event kind.</summary>
    public static string Kind(EventKind kind) => kind switch
    {
        EventKind.LoggedIn => "Logged in",
        EventKind.Continued => "Logged in again",
        EventKind.Resumed => "Resumed",
        EventKind.Refused => "Refused",
        EventKind.Ended => "Ended",
        EventKind.KeptOut => "Kept out",
        EventKind.RateLimited => "Too many requests",
        EventKind.StreamsDropped => "Many streams dropped",
        EventKind.CopiedDevice => CopiedDevice,
        _ => "License changed",
    };

    /// <summary>CSS class and icon of an end reason; null is a live session.</summary>
    public static (string Tone, string Icon) Look(EndReason? end) => end switch
    {
        null => ("live", "sensors"),
        EndReason.Released => ("idle", "check"),
        EndReason.TimedOut => ("idle", "timer_off"),
        EndReason.ConnectionLost => ("idle", "link_off"),
        EndReason.LicenseExpired => ("amber", "schedule"),
        EndReason.ForcedLogout => ("bad", "logout"),
        EndReason.MovedApart => ("bad", "call_split"),
        _ => ("bad", "block"),
    };

    /// <summary>CSS class and icon of an event.</summary>
    public static (string Tone, string Icon) Look(SessionEvent happened) => happened.Kind switch
    {
        EventKind.LoggedIn => ("live", "login"),
        EventKind.Continued => ("live", "login"),
        EventKind.Resumed => ("live", "autorenew"),
        EventKind.Refused => ("bad", happened.Code == "session_conflict" ? "group" : "block"),
        EventKind.Ended => happened.Code is { } code && Ends.TryGetValue(code, out var end) ? Look(end) : ("idle", "check"),
        EventKind.KeptOut => happened.Code is null ? ("bad", "person_off") : ("idle", "person_check"),
        EventKind.RateLimited => ("amber", "speed"),
        EventKind.StreamsDropped => ("amber", "cell_tower"),
        EventKind.CopiedDevice => ("bad", CopiedIcon),
        _ => ("idle", "edit"),
    };

    private static IEnumerable<KeyValuePair<string, string>> Pick(params string[] codes) => codes.Select(code => KeyValuePair.Create(code, Code(code)));
}
