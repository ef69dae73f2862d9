using System;
using System.Text.Json.Nodes;
using static QuoTrading.LicenseSession;

namespace QuoTrading.Testing;

/// <summary>What a <see cref="FakePortal"/> answers.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">What is sent with it.</param>
/// <param name="stream">The stream whose hello it is; null for none.</param>
internal sealed class FakeAnswer(int status, JsonObject body, FakeStream? stream = null)
{
    public int Status { get; } = status;

    public JsonObject Body { get; } = body;

    public FakeStream? Stream { get; } = stream;
}

/// <content>How it answers.</content>
public sealed partial class FakePortal
{
    private const string BotLoginPath = "/api/validate-license"; // the other paths are the client's own

    internal static bool Knows(string path) => path is LoginPath or BotLoginPath or HeartbeatPath or StreamPath or ReleasePath;

    internal void Record(string path, JsonObject asked)
    {
        lock (changing) requests.Add(new FakeRequest(path, asked));
    }

    /// <returns>Null where the answer is not to be signed.</returns>
    internal JsonObject? Sign(string path, JsonObject asked, int status, byte[] body) => signer?.Sign(path, asked, status, body);

    /// <summary>A stream is open from the decision on: what happens before its hello is said after it.</summary>
    internal FakeAnswer Decide(string path, JsonObject asked)
    {
        var (device, app) = (asked.Text("device_fingerprint") ?? "", asked.Text("app") ?? "");
        lock (changing)
        {
            if (path == ReleasePath) return new FakeAnswer(200, Release(device, app));
            if ((refusal ?? OwnRefusal(path, asked, device)) is { } refused)
                return new FakeAnswer(Status(refused.Text("code"), path), (JsonObject)refused.DeepClone());
            if (IsLogin(path)) loggedOut.Remove(device);
            var session = (holder ??= (device, NewSession())).Session;
            apps.Add(app);
            if (path != StreamPath) return new FakeAnswer(200, Grant(session));
            var hello = Timing(session, []);
            hello["keepalive_seconds"] = told.Keepalive;
            var stream = new FakeStream();
            streams.Add(stream);
            return new FakeAnswer(200, hello, stream);
        }
    }

    internal double Keepalive => told.Keepalive;

    internal void Leave(FakeStream stream)
    {
        lock (changing) streams.Remove(stream);
        stream.Dispose();
    }

    private static bool IsLogin(string path) => path is LoginPath or BotLoginPath;

    private JsonObject? OwnRefusal(string path, JsonObject asked, string device)
    {
        if (asked.Text("license_key") != Key) return Refusal(LicenseReasonCode.UnknownKey);
        if (!IsLogin(path) && loggedOut.Contains(device)) return Refusal(LicenseReasonCode.ForcedLogout, null, new JsonObject { ["force_logout"] = true });
        var session = asked.Text("session_id");
        if (!IsLogin(path) && (session is not null || path == StreamPath) && !IsSessionOf(device, session))
            return Refusal(LicenseReasonCode.SessionEnded, "This session has ended. Log in again to continue.");
        if (holder is { } other && other.Device != device)
            return Refusal(LicenseReasonCode.SessionConflict, null, new JsonObject
            {
                ["active_device"] = other.Device.Substring(0, Math.Min(8, other.Device.Length)) + "...",
                ["estimated_wait_seconds"] = told.SessionTimeout,
            });
        return null;
    }

    private bool IsSessionOf(string device, string? session) => holder is { } its && its.Device == device && (session is null || session == its.Session);

    private JsonObject Release(string device, string app)
    {
        if (!IsSessionOf(device, null)) return new JsonObject { ["status"] = "info", ["message"] = "No active session found for this device" };
        apps.Remove(app);
        if (apps.Count == 0) EndSession();
        return new JsonObject { ["status"] = "success", ["message"] = "Session released successfully" };
    }

    private JsonObject Grant(string session) => Timing(session, new JsonObject
    {
        ["status"] = "success",
        ["message"] = "Valid MONTHLY license",
        ["license_valid"] = true,
        ["session_conflict"] = false,
        ["license_expiration"] = null,
        ["days_until_expiration"] = null,
        ["hours_until_expiration"] = null,
    });

    private JsonObject Timing(string session, JsonObject answer)
    {
        answer["session_id"] = session;
        answer["heartbeat_interval_seconds"] = told.HeartbeatInterval;
        answer["session_timeout_seconds"] = told.SessionTimeout;
        answer["disconnect_grace_seconds"] = told.DisconnectGrace;
        return answer;
    }

    private static JsonObject Refusal(string code, string? message = null, JsonObject? fields = null)
    {
        var refused = new JsonObject { ["status"] = "error", ["message"] = message ?? Message(code, $"Refused: {code}."), ["code"] = code };
        if (IsBadLicense(code)) refused["license_valid"] = false;
        else refused["session_conflict"] = code is LicenseReasonCode.SessionConflict or LicenseReasonCode.ForcedLogout or LicenseReasonCode.KeptOut;
        foreach (var field in fields ?? []) refused[field.Key] = field.Value?.DeepClone();
        return refused;
    }

    private static bool IsBadLicense(string? code) =>
        code is LicenseReasonCode.UnknownKey or LicenseReasonCode.LicenseExpired or LicenseReasonCode.LicenseSuspended or LicenseReasonCode.LicenseCancelled;

    private static int Status(string? code, string path) => code switch
    {
        "too_many_requests" or "too_many_streams" or LicenseReasonCode.TooManyDevices or LicenseReasonCode.TooManySessions => 429,
        "unavailable" => 503,
        _ => path == BotLoginPath && IsBadLicense(code) ? 401 : 403,
    };

    private static string Message(string code, string otherwise) => code switch
    {
        LicenseReasonCode.UnknownKey => "Invalid license key",
        LicenseReasonCode.LicenseExpired => "License expired",
        LicenseReasonCode.LicenseSuspended => "License is suspended",
        LicenseReasonCode.LicenseCancelled => "License is cancelled",
        LicenseReasonCode.SessionConflict => "License already in use on another device. Please stop the bot on the other computer first.",
        LicenseReasonCode.ForcedLogout => "You have been logged out by an administrator. Log in again to continue.",
        LicenseReasonCode.KeptOut => "You have been logged out by an administrator. Log in again later.",
        _ => otherwise,
    };
}
