using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>How the closed vocabularies of sessions and events read, and look. By the words that addresses and exports have.</summary>
internal static class SessionWords
{
    /// <summary>What an address says for sessions that have not ended.</summary>
    public const string Live = "live";

    /// <summary>How sessions end.</summary>
    public static readonly IReadOnlyDictionary<string, EndReason> Ends = Enum.GetValues<EndReason>().ToDictionary(WireNames.Of, StringComparer.Ordinal);

    /// <summary>What events are about.</summary>
    public static readonly IReadOnlyDictionary<string, EventKind> Kinds = Enum.GetValues<EventKind>().ToDictionary(WireNames.Of, StringComparer.Ordinal);

    /// <summary>The heading of whatever shows that a fingerprint is used by two: a question, for a router with two lines shows the same.</summary>
    public const string CopiedDevice = "Copied device?";

    /// <summary>Its icon.</summary>
    public const string CopiedIcon = "device_unknown";

    /// <summary>What support does about a device that did not prove itself, and who may do more.</summary>
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

    /// <summary>The reasons that events of a kind have; all of them without one.</summary>
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

    /// <summary>A reason, as people say it; what nobody has written words for, as it is.</summary>
    public static string Code(string code) => Codes.GetValueOrDefault(code, code);

    /// <summary>What showed that a device may be a copied one, in short.</summary>
    public static string Sign(CopySign sign) => Code(WireNames.Of(sign));

    /// <summary>The same under its heading: <c>Copied device? Two networks</c>.</summary>
    public static string Copied(CopySign sign) => $"{CopiedDevice} {Sign(sign)}";

    /// <summary>What support tells the customer of a refusal that explains itself to nobody, and who may do more; null for all others.</summary>
    public static string? Advice(SessionEvent happened) => happened.Code == "login_required" ? ProofAdvice : null;

    /// <summary>What is told with an event beside its reason; what the portal itself wrote, in words.</summary>
    public static string? Detail(SessionEvent happened) => happened.Detail == "check only" ? "only asked whether the license is good" : happened.Detail;

    /// <summary>What happened, as people say it.</summary>
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

    /// <summary>Class and icon of an end; null is a live session.</summary>
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

    /// <summary>Class and icon of an event.</summary>
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
