using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>What the OpenAPI document says of the endpoints about live sessions and settings.</summary>
internal static class SessionDescriptions
{
    private const string SettingsNow = """{"session_timeout_seconds":90,"heartbeat_interval_seconds":30,"disconnect_grace_seconds":5,"history_retention_days":365,"symbol_sessions":"same_address","devices_per_seat":6,"copied_devices":"report","expiry_grace_minutes":0}""";

    public static EndpointDescription Online { get; } = new(
        "Live sessions, newest first", typeof(SessionsAnswer),
        """{"sessions":[{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","device":"3f9a1c0d5e7b2a64","device_name":null,"address":"192.0.2.1","bot_version":"2.0.0","status":"online","symbol":"ES","seat":1,"devices_on_seat":1,"copied_device":null,"position":1,"position_pnl":12.5,"session_pnl":125.5,"started_at":"2026-11-21T18:22:19Z","last_seen_at":"2026-11-21T18:22:49Z","stale_at":"2026-11-21T18:24:19Z","programs":[{"app":"bot","symbol":"ES","status":"online","bot_version":"2.0.0","position":1,"session_pnl":125.5,"position_pnl":12.5,"last_seen_at":"2026-11-21T18:22:49Z"}]}],"total":1,"next":null}""")
    {
        Text = "The total counts all that were asked for. A parameter that is unknown or empty is an error, and never everybody. programs: those of the device that use the session, each with what it told itself; where there are several, the session's own position, profits, symbol, status and version are what any of them said last.",
        Query =
        [
            ReadingDescriptions.LicenseId, ReadingDescriptions.Customer,
            new("device", "string", "The beginning of the fingerprint, or of the device's name in either case; behind a = all of it."), Field.Paging[0], Field.Paging[1],
        ],
        Problems = [400],
    };

    public static EndpointDescription LogOut { get; } = new(
        "Ends a session", typeof(EndedSessionItem),
        """{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","device":"3f9a1c0d5e7b2a64","address":"192.0.2.1","started_at":"2026-11-21T18:22:19Z","ended_at":"2026-11-21T18:30:00Z","end_reason":"forced_logout","ended_by":"support-desk","end_note":"Customer asked: old computer is lost"}""")
    {
        Text = "The device's next heartbeat is refused, until somebody logs in on it. A second time it answers the same, and changes nothing.",
        Body =
        [
            new("reason", "string", $"1 to {LogOutResult.MaxReasonLength} characters, for the history.", IsNeeded: true),
            new("keep_out_minutes", "integer", "A login is refused, too, for so long: 1 to 525600."),
        ],
        BodyExample = """{"reason":"Customer asked: old computer is lost"}""",
        Problems = [400, 404],
    };

    public static EndpointDescription Settings { get; } = new("The session settings", typeof(SettingsText), SettingsNow) { Problems = [400] };

    public static EndpointDescription ChangeSettings { get; } = new("Changes session settings", typeof(SettingsText), SettingsNow)
    {
        Text = "Absent is unchanged. It acts at once, also on sessions that are live: a shorter timeout ends those that are stale by it, a longer one revives nobody.",
        Body =
        [
            new("session_timeout_seconds", "integer", "60 to 3600 (from 5 with Portal:AllowShortTimeouts), and at least twice the interval."),
            new("heartbeat_interval_seconds", "integer", "1 to 600."), new("disconnect_grace_seconds", "integer", "0 to 300."), new("history_retention_days", "integer", "1 to 3650."),
            new("symbol_sessions", "string", "Whether one computer's bots for several symbols share a seat.", OneOf: [.. Enum.GetValues<SymbolSessions>().Select(WireNames.Of)]),
            new("devices_per_seat", "integer", $"1 to {SessionSettingsRules.MostDevicesPerSeat}: how many such bots share one seat; 1 is none."),
            new("copied_devices", "string", "What becomes of a fingerprint that is used in two places.", OneOf: [.. Enum.GetValues<CopiedDevices>().Select(WireNames.Of)]),
            new("expiry_grace_minutes", "integer", "0 to 1440."),
        ],
        BodyExample = """{"session_timeout_seconds":90}""",
        Problems = [400],
    };

    public static EndpointDescription ForceClear { get; } = new(
        "Ends all sessions of a license (the old system's)", typeof(ClearAnswer), """{"status":"success","message":"Sessions cleared","sessions_cleared":1}""")
    {
        Text = "The token, of Support or more, stands in the body as admin_key. Refusals are like those of the client endpoints.",
        Body = [new("license_key", "string", "The whole key.", IsNeeded: true), new("admin_key", "string", "A token made in the portal.", IsNeeded: true)],
        BodyExample = """{"license_key":"VFAEA-F4PVN-52KX1-A67PS-QNYV8","admin_key":"qtp_…"}""",
        Problems = [400, 401, 403, 404, 429],
        IsForClients = true,
    };
}
