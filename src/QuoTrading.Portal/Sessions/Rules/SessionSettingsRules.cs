using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The bounds of the settings (docs/protocol.md, Endpoints for administrators' scripts), for the page and the API.</summary>
public sealed class SessionSettingsRules(bool allowShortTimeouts)
{
    /// <summary>Seconds. Installed bots send a heartbeat every 20 to 30 s, whatever interval they are told.</summary>
    public int ShortestTimeout { get; } = allowShortTimeouts ? 5 : 60;

    /// <summary>Seconds.</summary>
    public int LongestTimeout => 3600;

    /// <summary>No machine has been seen that trades more symbols than this at once.</summary>
    public static int MostDevicesPerSeat => 32;

    /// <summary>All errors at once; empty if the settings are valid.</summary>
    public IReadOnlyList<FieldError> Check(SessionSettings settings)
    {
        var errors = new List<FieldError>();
        Bounds("session_timeout_seconds", settings.SessionTimeoutSeconds, ShortestTimeout, LongestTimeout, "seconds");
        Bounds("heartbeat_interval_seconds", settings.HeartbeatIntervalSeconds, 1, 600, "seconds");
        Bounds("disconnect_grace_seconds", settings.DisconnectGraceSeconds, 0, 300, "seconds");
        Bounds("history_retention_days", settings.HistoryRetentionDays, 1, 3650, "days");
        Bounds("devices_per_seat", settings.DevicesPerSeat, 1, MostDevicesPerSeat, "devices");
        Bounds("expiry_grace_minutes", settings.ExpiryGraceMinutes, 0, 1440, "minutes");
        if (!Enum.IsDefined(settings.SymbolSessions)) errors.Add(new("symbol_sessions", "symbol_sessions must be \"same_address\" or \"off\"."));
        if (!Enum.IsDefined(settings.CopiedDevices)) errors.Add(new("copied_devices", "copied_devices must be \"report\" or \"refuse\"."));
        if (errors.Count == 0 && settings.SessionTimeoutSeconds < 2 * settings.HeartbeatIntervalSeconds)
            errors.Add(new("session_timeout_seconds",
                $"session_timeout_seconds must be at least twice heartbeat_interval_seconds: {2 * settings.HeartbeatIntervalSeconds} or more."));
        return errors;

        void Bounds(string field, int value, int least, int most, string unit)
        {
            if (value < least || value > most) errors.Add(new(field, $"{field} must be {least} to {most} {unit}, but is {value}."));
        }
    }
}
