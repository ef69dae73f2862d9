using System.Text.Json;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Reads the body of <c>PUT /api/admin/settings</c>: absent is unchanged, unknown is an error.</summary>
internal static class SettingsReader
{
    public static (SessionSettingsChange Change, IReadOnlyList<FieldError> Errors) Read(JsonElement body)
    {
        var change = new SessionSettingsChange();
        var errors = new List<FieldError>();
        foreach (var field in body.EnumerateObject())
        {
            if (JsonText.NameOf(field) is not { } name)
            {
                errors.Add(new("", "The name of a setting must be text."));
                continue;
            }

            change = name switch
            {
                "session_timeout_seconds" => change with { SessionTimeoutSeconds = Number(field) },
                "heartbeat_interval_seconds" => change with { HeartbeatIntervalSeconds = Number(field) },
                "disconnect_grace_seconds" => change with { DisconnectGraceSeconds = Number(field) },
                "history_retention_days" => change with { HistoryRetentionDays = Number(field) },
                "expiry_grace_minutes" => change with { ExpiryGraceMinutes = Number(field) },
                "symbol_sessions" => change with { SymbolSessions = Word<SymbolSessions>(field, WireNames.Of, "symbol_sessions must be \"same_address\" or \"off\".") },
                "devices_per_seat" => change with { DevicesPerSeat = Number(field) },
                "copied_devices" => change with { CopiedDevices = Word<CopiedDevices>(field, WireNames.Of, "copied_devices must be \"report\" or \"refuse\".") },
                _ => Unknown(field),
            };
        }

        return (change, errors);

        int? Number(JsonProperty field)
        {
            if (field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out var number)) return number;
            errors.Add(new(field.Name, $"{field.Name} must be a whole number."));
            return null;
        }

        T? Word<T>(JsonProperty field, Func<T, string> write, string wrong) where T : struct, Enum
        {
            foreach (var setting in Enum.GetValues<T>())
                if (string.Equals(JsonText.Of(field.Value), write(setting), StringComparison.Ordinal)) return setting;
            errors.Add(new(field.Name, wrong));
            return null;
        }

        SessionSettingsChange Unknown(JsonProperty field)
        {
            errors.Add(new(field.Name, $"There is no setting {field.Name}."));
            return change;
        }
    }
}
