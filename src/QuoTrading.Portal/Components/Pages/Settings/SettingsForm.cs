using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Settings;

/// <summary>The typed settings, and the settings that were loaded.</summary>
internal sealed class SettingsForm(SessionSettings loaded)
{
    /// <summary>The labels of the fields, by their name in the API.</summary>
    public static readonly IReadOnlyDictionary<string, string> Labels = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["session_timeout_seconds"] = "Session timeout",
        ["heartbeat_interval_seconds"] = "Heartbeat interval",
        ["disconnect_grace_seconds"] = "Disconnect grace",
        ["history_retention_days"] = "History retention",
        ["symbol_sessions"] = "Symbol sessions",
        ["devices_per_seat"] = "Devices per seat",
        ["copied_devices"] = SessionFormat.CopiedDevice,
        ["expiry_grace_minutes"] = "Expiry grace",
    };

    public SessionSettings Loaded => loaded;

    public int? Timeout { get; set; } = loaded.SessionTimeoutSeconds;

    public int? Interval { get; set; } = loaded.HeartbeatIntervalSeconds;

    public int? DisconnectGrace { get; set; } = loaded.DisconnectGraceSeconds;

    public int? Retention { get; set; } = loaded.HistoryRetentionDays;

    public int? ExpiryGrace { get; set; } = loaded.ExpiryGraceMinutes;

    public SymbolSessions SymbolSessions { get; set; } = loaded.SymbolSessions;

    public int? DevicesPerSeat { get; set; } = loaded.DevicesPerSeat;

    public CopiedDevices CopiedDevices { get; set; } = loaded.CopiedDevices;

    public bool IsChanged => Check(null).Any || Proposed != loaded;

    /// <summary>The typed values; the loaded value where the text is not a number.</summary>
    public SessionSettings Proposed => new SessionSettingsChange(Timeout, Interval, DisconnectGrace, Retention, SymbolSessions, ExpiryGrace, DevicesPerSeat, CopiedDevices).ApplyTo(loaded);

    /// <summary>Contains only changed fields, so that another person's change of other fields stays.</summary>
    public SessionSettingsChange Change
    {
        get
        {
            var proposed = Proposed;
            return new SessionSettingsChange(
                Differing(proposed.SessionTimeoutSeconds, loaded.SessionTimeoutSeconds),
                Differing(proposed.HeartbeatIntervalSeconds, loaded.HeartbeatIntervalSeconds),
                Differing(proposed.DisconnectGraceSeconds, loaded.DisconnectGraceSeconds),
                Differing(proposed.HistoryRetentionDays, loaded.HistoryRetentionDays),
                Differing(proposed.SymbolSessions, loaded.SymbolSessions),
                Differing(proposed.ExpiryGraceMinutes, loaded.ExpiryGraceMinutes),
                Differing(proposed.DevicesPerSeat, loaded.DevicesPerSeat),
                Differing(proposed.CopiedDevices, loaded.CopiedDevices));
        }
    }

    /// <summary>The errors, by field. If <paramref name="rules"/> is null, only values that are not a number.</summary>
    public FieldErrors Check(SessionSettingsRules? rules)
    {
        var errors = new List<FieldError>();
        Number("session_timeout_seconds", Timeout);
        Number("heartbeat_interval_seconds", Interval);
        Number("disconnect_grace_seconds", DisconnectGrace);
        Number("history_retention_days", Retention);
        Number("expiry_grace_minutes", ExpiryGrace);
        Number("devices_per_seat", DevicesPerSeat);
        return InWords([.. errors, .. rules?.Check(Proposed) ?? []]);

        void Number(string field, int? value)
        {
            if (value is null) errors.Add(new(field, $"{field} must be a whole number."));
        }
    }

    /// <summary>Replaces the API names of fields in the messages by their labels.</summary>
    public static FieldErrors InWords(IEnumerable<FieldError> errors) => new([.. errors.Select(error => new FieldError(error.Field, Labelled(error.Message)))]);

    private static string Labelled(string message) => Labels
        .Aggregate(message, (text, label) => text.Replace(label.Key, label.Value, StringComparison.Ordinal))
        .Replace("twice Heartbeat", "twice the heartbeat", StringComparison.Ordinal);

    private static T? Differing<T>(T value, T before) where T : struct => EqualityComparer<T>.Default.Equals(value, before) ? null : value;
}
