using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace QuoTrading.Driver;

/// <summary>The sessions that were made, by name, and what can be done with each.</summary>
/// <param name="output">Where answers and events go.</param>
internal sealed class Commands(TextWriter output)
{
    private readonly ConcurrentDictionary<string, LicenseSession> sessions = new(StringComparer.Ordinal);
    private readonly Lock writing = new();

    public void Write(JsonObject line)
    {
        lock (writing)
        {
            output.WriteLine(line.ToJsonString());
            output.Flush();
        }
    }

    public async Task AnswerAsync(JsonObject command)
    {
        JsonObject answer;
        try
        {
            answer = await DoAsync(command);
        }
        catch (Exception problem)
        {
            answer = new JsonObject { ["ok"] = false, ["error"] = $"{problem.GetType().Name}: {problem.Message}" };
        }

        answer["id"] = command["id"]?.DeepClone();
        Write(answer);
    }

    private async Task<JsonObject> DoAsync(JsonObject command) => (string?)command["command"] switch
    {
        "new" => Make(command),
        "login" => await LogInAsync(command),
        "look" => Look(Of(command)),
        "update" => Update(command),
        "release" => Ok(await Of(command).ReleaseAsync()),
        "hand_over" => Ok(await Of(command).HandOverAsync()),
        "dispose" => Dispose(command),
        "fingerprint" => new JsonObject { ["ok"] = true, ["fingerprint"] = DeviceFingerprint.OfThisComputer((string?)command["profile"]) },
        var other => throw new InvalidOperationException($"There is no command {other}."),
    };

    private static JsonObject Ok(bool ok) => new() { ["ok"] = ok };

    private static string NameOf(JsonObject command) => (string?)command["name"] ?? "a";

    private LicenseSession Of(JsonObject command) => sessions[NameOf(command)];

    private JsonObject Make(JsonObject command)
    {
        var name = NameOf(command);
        var session = new LicenseSession((string)command["server"]!, (string)command["key"]!, new LicenseOptions
        {
            App = (string?)command["app"] ?? "bot",
            Symbol = (string?)command["symbol"],
            DeviceName = (string?)command["device_name"],
            Version = (string?)command["version"],
            Fingerprint = (string?)command["fingerprint"],
            Keys = command["keys"] is JsonArray keys ? [.. keys.Select(key => (string)key!)] : null,
            Proxy = (string?)command["proxy"],
            ProfileFolder = (string?)command["profile"],
            SingleInstance = (bool?)command["single_instance"] ?? false,
            Log = text => Write(new JsonObject { ["event"] = "log", ["text"] = text }),
        });
        session.StateChanged += (_, told) => Write(new JsonObject { ["event"] = "state", ["name"] = name, ["state"] = Name(told.State), ["code"] = told.Reason?.Code });
        session.Ended += (_, told) => Write(new JsonObject { ["event"] = "lost", ["name"] = name, ["code"] = told.Reason!.Code, ["message"] = told.Reason.Message });
        session.Conflict += (_, told) => Write(new JsonObject
        {
            ["event"] = "conflict",
            ["name"] = name,
            ["active_device"] = told.Reason!.ActiveDevice,
            ["wait_seconds"] = told.Reason.WaitSeconds,
        });
        sessions[name] = session;
        return Ok(true);
    }

    private async Task<JsonObject> LogInAsync(JsonObject command)
    {
        var session = Of(command);
        var patience = (double?)command["patience"] is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return await session.LogInAsync(patience)
            ? new JsonObject { ["ok"] = true, ["session_id"] = session.SessionId }
            : new JsonObject { ["ok"] = false, ["reason"] = Tell(session.Reason) };
    }

    private static JsonObject Look(LicenseSession session)
    {
        var mayOpen = session.MayOpen; // first: what a bot asks must not lean on what was asked before
        var settings = session.Settings;
        return new JsonObject
        {
            ["ok"] = true,
            ["state"] = Name(session.State),
            ["may_open"] = mayOpen,
            ["over"] = session.IsOver,
            ["session_id"] = session.SessionId,
            ["reason"] = Tell(session.Reason),
            ["settings"] = new JsonObject
            {
                ["heartbeat_interval"] = settings.HeartbeatInterval,
                ["session_timeout"] = settings.SessionTimeout,
                ["disconnect_grace"] = settings.DisconnectGrace,
            },
        };
    }

    private JsonObject Update(JsonObject command)
    {
        Of(command).Update((string?)command["status"], (string?)command["symbol"], command["metadata"]);
        return Ok(true);
    }

    /// <summary>As a window does that is closed: on its own thread, whose context runs nothing meanwhile.</summary>
    private JsonObject Dispose(JsonObject command)
    {
        sessions.TryRemove(NameOf(command), out var session);
        var window = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new BusyContext());
            session!.Dispose();
        });
        window.Start();
        window.Join();
        return Ok(true);
    }

    private static JsonObject? Tell(LicenseReason? reason) => reason is null ? null : new JsonObject
    {
        ["code"] = reason.Code,
        ["message"] = reason.Message,
        ["active_device"] = reason.ActiveDevice,
        ["wait_seconds"] = reason.WaitSeconds,
    };

    private static string Name(LicenseState state) => state switch
    {
        LicenseState.Held => "held",
        LicenseState.Renewed => "renewed",
        LicenseState.Unknown => "unknown",
        _ => "lost",
    };

    /// <summary>Of a window's thread that never comes to run what is posted to it.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            // Its turn never comes.
        }
    }
}
