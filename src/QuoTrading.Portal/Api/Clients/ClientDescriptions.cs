using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>The descriptions of the client endpoints in the OpenAPI document (docs/protocol.md, Endpoints for clients).</summary>
internal static class ClientDescriptions
{
    private const string Asked = """{"license_key":"VFAEA-F4PVN-52KX1-A67PS-QNYV8","device_fingerprint":"3f9a1c0d5e7b2a64"}""";
    private const string Session = "\"session_id\":\"01a1ff58-4cfb-7fff-acf0-f39004879ecc\",\"heartbeat_interval_seconds\":30,\"session_timeout_seconds\":90";

    private static readonly Field Key = new("license_key", "string", $"1 to {LicenseKey.MaxLength} characters.", IsNeeded: true);
    private static readonly Field Device = new("device_fingerprint", "string", "1 to 256 characters that stand for the device.", IsNeeded: true);
    private static readonly Field SessionId = new("session_id", "string", "The message is about that session alone.", Format: "uuid");

    private static readonly Field App = new("app", "string", "The program on the device: launcher, bot, or what it calls itself; up to 64 characters.");

    private static readonly Field Install = new("install", "string", "32 to 64 hexadecimal characters: the SHA-256 of a secret of the installation. The answer then has a session_token.");

    private static readonly Field Token = new("session_token", "string", "Of a session that began with install: as the last login or heartbeat gave it.");

    private static readonly Field Nonce = new("nonce", "string", "16 to 64 letters, digits and - _, new with each request: the answer (200, 401, 403) then has the header Portal-Signature, and the stream the event proof.");

    private static readonly Field[] Telemetry =
    [
        new("symbol", "string", "What the bot trades. What is wrong in this and the following is dropped, and named in warnings."), new("bot_version", "string", "Up to 64 characters."),
        new("status", "string", "What the bot does.", OneOf: ["online", "idle"]), new("metadata", "object", "At most 8 KiB."), new("device_name", "string", "Up to 128 characters."), App, SessionId, Token, Nonce,
    ];

    public static EndpointDescription Main { get; } = Of(
        "Launcher's login", typeof(MainAnswer),
        $$"""{"status":"success","license_valid":true,"message":"Valid MONTHLY license","license_expiration":"2026-12-21T18:22:19","days_until_expiration":29,"hours_until_expiration":719.9,"signal_confidence":0.5,"experiences_used":0,"signal_type":"NEUTRAL","regime":"RANGING",{{Session}}}""",
        "Without device_fingerprint it only validates.", [Key, Device with { IsNeeded = false }, .. Telemetry, Install], 403);

    public static EndpointDescription Validate { get; } = Of(
        "Bot's start", typeof(ValidateAnswer),
        $$"""{"license_valid":true,"message":"License validated successfully","session_conflict":false,"license_type":"MONTHLY","expiry_date":"2026-12-21T18:22:19",{{Session}}}""",
        "With check_only it answers the same, and creates or changes nothing.", [Key, Device, new Field("check_only", "boolean", "Only asks."), .. Telemetry, Install], 401, 403);

    public static EndpointDescription Heartbeat { get; } = Of(
        "Bot's heartbeat", typeof(HeartbeatAnswer),
        $$"""{"status":"success","message":"Heartbeat recorded","license_valid":true,"session_conflict":false,"license_expiration":"2026-12-21T18:22:19","days_until_expiration":29,"hours_until_expiration":719.9,{{Session}}}""",
        "Keeps the device's session, or resumes it where a seat is free.", [Key, Device, .. Telemetry], 403);

    public static EndpointDescription Release { get; } = Of(
        "Ends the caller's own session", typeof(ReleaseAnswer), """{"status":"success","message":"Session released successfully"}""", "Twice is harmless. A release that names its app ends the session only when no other app of that device is live in it.",
        [Key, Device, App, new Field("handover", "boolean", "Another program of the device goes on: the session keeps its full timeout for it."), SessionId, Token, Nonce], 403);

    public static EndpointDescription Clear { get; } = Of(
        "Ends the stale sessions of a license", typeof(ClearAnswer), """{"status":"success","message":"No stale sessions found","sessions_cleared":0}""", "For old clients; stale sessions end by themselves.", [Key, Device with { IsNeeded = false }, Nonce], 403);

    public static EndpointDescription Stream { get; } = Of(
        "Session stream", typeof(StreamHello), """{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","heartbeat_interval_seconds":30,"session_timeout_seconds":90,"disconnect_grace_seconds":5,"keepalive_seconds":2}""",
        "Server-sent events (text/event-stream): hello first, with the data of the example; then settings, license, and logged_out as the last; a comment every keepalive_seconds. "
        + "It needs a live session of the device. When the last stream of a session drops without a release, the session has the disconnect grace to come back.",
        [Key, Device, .. Telemetry], 403) with
    { MediaType = "text/event-stream" };

    public static EndpointDescription Hello { get; } = new(
        "Health check of old scripts", typeof(HelloAnswer), """{"status":"success","message":"QuoTrading Portal","endpoints":["POST /api/main","GET /api/hello"],"keys":["3f9a1c0d5e7b2a64:MIIBIjANBgkqhkiG9w0BAQ…","b7e15d20c4a83f96:MIIBIjANBgkqhkiG9w0BAQ…"]}""");

    /// <summary>The old system's endpoint for scripts, under <c>/api/admin</c>.</summary>
    public static EndpointDescription ForceClear { get; } = new(
        "Ends all sessions of a license (the old system's)", typeof(ClearAnswer), """{"status":"success","message":"Sessions cleared","sessions_cleared":1}""")
    {
        Text = "The token, of Support or more, stands in the body as admin_key. Refusals are like those of the client endpoints.",
        Body = [new("license_key", "string", "The whole key.", IsNeeded: true), new("admin_key", "string", "A token made in the portal.", IsNeeded: true)],
        BodyExample = """{"license_key":"VFAEA-F4PVN-52KX1-A67PS-QNYV8","admin_key":"qtp_…"}""",
        Refusals = [400, 401, 403, 404, 429],
    };

    private static EndpointDescription Of(string summary, Type answer, string example, string text, Field[] fields, params int[] refusals) => new(summary, answer, example)
    {
        Text = text + " Times are UTC without suffix. Refusals have a code.",
        Body = fields,
        BodyExample = Asked,
        Refusals = [400, .. refusals, 413, 429, 503],
    };
}
