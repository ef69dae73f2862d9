namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The settings, with the names that the API and the audit log use.</summary>
internal sealed record SettingsFormat(
    int SessionTimeoutSeconds,
    int HeartbeatIntervalSeconds,
    int DisconnectGraceSeconds,
    int HistoryRetentionDays,
    string SymbolSessions,
    int DevicesPerSeat,
    string CopiedDevices,
    int ExpiryGraceMinutes)
{
    public static SettingsFormat Of(SessionSettings settings) => new(
        settings.SessionTimeoutSeconds,
        settings.HeartbeatIntervalSeconds,
        settings.DisconnectGraceSeconds,
        settings.HistoryRetentionDays,
        WireNames.Of(settings.SymbolSessions),
        settings.DevicesPerSeat,
        WireNames.Of(settings.CopiedDevices),
        settings.ExpiryGraceMinutes);
}
