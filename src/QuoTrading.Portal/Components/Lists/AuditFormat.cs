using System.Globalization;
using QuoTrading.Portal.Accounts.Audit;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>Texts for the audit log: actions, kinds of targets, names and values of fields.</summary>
internal static class AuditFormat
{
    // The keys are the actions as the audit log stores them.
    private static readonly Dictionary<string, string> Actions = new(StringComparer.Ordinal)
    {
        ["license.create"] = "Made",
        ["license.edit"] = "Edited",
        ["license.update"] = "Changed",
        ["license.extend"] = "Extended",
        ["license.expiry"] = "Expiry set",
        ["license.suspend"] = "Suspended",
        ["license.reactivate"] = "Reactivated",
        ["license.cancel"] = "Cancelled",
        ["license.delete"] = "Deleted",
        ["license.seats"] = "Seats set",
        ["license.plan"] = "Plan set",
        ["license.note"] = "Note written",
        ["license.copied_devices"] = "Copied device? set",
        ["license.key"] = "Key replaced",
        ["license.reveal"] = "Key revealed",
        ["license.import"] = "File imported",
        ["customer.edit"] = "Customer corrected",
        ["session.logout"] = "Logged out",
        ["device.keep_out"] = "Device kept out",
        ["device.let_in"] = "Device let in again",
        ["settings.change"] = "Settings changed",
        ["account.setup"] = "First administrator made",
        ["account.create"] = "Account made",
        ["account.invite"] = "Invited",
        ["account.reset"] = "Password link made",
        ["account.password_set"] = "Password set by link",
        ["account.password_change"] = "Password changed",
        ["account.two_step_on"] = "Two-step sign-in turned on",
        ["account.two_step_off"] = "Two-step sign-in turned off",
        ["account.two_step_codes"] = "Recovery codes made",
        ["account.two_step_reset"] = "Two-step sign-in reset",
        ["account.role"] = "Role changed",
        ["account.disable"] = "Disabled",
        ["account.enable"] = "Enabled",
        ["account.sign_in"] = "Signed in",
        ["account.sign_in_failed"] = "Sign-in failed",
        ["account.sign_out"] = "Signed out",
        ["account.sign_out_everywhere"] = "Signed out everywhere",
        ["token.create"] = "API token made",
        ["token.revoke"] = "API token revoked",
        ["keys.rotate"] = "Signing key rotated",
        ["keys.undo"] = "Signing key's rotation undone",
        ["keys.replace"] = "Signing keys made anew",
        ["backup.download"] = "Backup taken",
        ["backup.restore"] = "Backup restored",
    };

    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["status"] = "State",
        ["expires at"] = "Expires",
        ["old key"] = "Key",
        ["email"] = "E-mail",
        ["count"] = "Licenses",
        ["sha256"] = "SHA-256 of the file",
        ["differing"] = "Different from what is here",
        ["added"] = "Licenses added",
        ["updated"] = "Licenses changed",
        ["repeated"] = "Repeated lines",
        ["session timeout seconds"] = "Session timeout (seconds)",
        ["heartbeat interval seconds"] = "Heartbeat interval (seconds)",
        ["disconnect grace seconds"] = "Disconnect grace (seconds)",
        ["history retention days"] = "History kept (days)",
        ["copied devices"] = SessionFormat.CopiedDevice,
        ["expiry grace minutes"] = "Grace after expiry (minutes)",
    };

    /// <summary>The kinds of targets: the value in the address, and the text on the page.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> Kinds =
        [.. new[] { "license", "customer", "session", "device", "settings", "account", "token", "file", "backup", "signing_key" }.Select(kind => KeyValuePair.Create(kind, Kind(kind)))];

    /// <summary>The options of the action filter: first groups (a prefix), then single actions (<c>=</c> and the whole name).</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> ActionChoices =
    [
        KeyValuePair.Create("license.", "Licenses: anything"), KeyValuePair.Create("account.", "Accounts: anything"), KeyValuePair.Create("token.", "API tokens: anything"), KeyValuePair.Create("backup.", "Backups: anything"),
        .. Actions.Select(action => KeyValuePair.Create("=" + action.Key, action.Value)).OrderBy(action => action.Value, StringComparer.Ordinal),
    ];

    /// <summary><c>Extended</c>; an action without a text is returned unchanged.</summary>
    public static string Did(AuditEntry entry) => entry is { Action: "license.import", TargetKind: "license" } ? "Changed by an import" : Actions.GetValueOrDefault(entry.Action, entry.Action);

    /// <summary><c>License</c>.</summary>
    public static string Kind(string kind) => kind switch
    {
        "token" => "API token",
        "signing_key" => "Signing key",
        _ => Capital(kind),
    };

    /// <summary>The name of a field, for people.</summary>
    public static string Field(string field) => Fields.GetValueOrDefault(field) ?? Capital(field);

    /// <summary>True for a field that only identifies the target and did not change: its customer, its masked key.</summary>
    public static bool IsName(AuditEntry entry, AuditDifference difference) =>
        difference is { Field: "customer" or "key" or "license", After: not null } && difference.IsOnlyNow && entry.TargetKind is "license" or "session";

    /// <summary>A value as pages show it.</summary>
    public static string Value(string field, string value) => (field, value) switch
    {
        ("symbol sessions", "same_address") => "share a seat when they come from one address",
        ("symbol sessions", "off") => "every fingerprint is a device of its own",
        _ => value,
    };

    /// <summary>The text for a missing value.</summary>
    /// <param name="was">True for the old value, false for the new one.</param>
    public static string Empty(string field, bool was) => field == "expires at" ? "never" : was ? "was empty" : "empty";

    /// <summary>The value as a UTC time; null if it is no time, and for 9999-12-31 (for good).</summary>
    public static DateTime? Time(string value) =>
        value.Length >= 19 && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) && value[10] == 'T' && time.Year < 9999
            ? time
            : null;

    /// <summary>True if the value is 9999-12-31, which means "for good".</summary>
    public static bool IsForGood(string value) => value.StartsWith("9999-12-31T", StringComparison.Ordinal);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
