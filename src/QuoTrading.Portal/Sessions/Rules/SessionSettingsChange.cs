using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>A change of settings; what is null stays as it is. Units as in <see cref="SessionSettings"/>.</summary>
public sealed record SessionSettingsChange(
    int? SessionTimeoutSeconds = null,
    int? HeartbeatIntervalSeconds = null,
    int? DisconnectGraceSeconds = null,
    int? HistoryRetentionDays = null,
    SymbolSessions? SymbolSessions = null,
    int? ExpiryGraceMinutes = null,
    int? DevicesPerSeat = null,
    CopiedDevices? CopiedDevices = null)
{
    public SessionSettings ApplyTo(SessionSettings settings) => settings with
    {
        SessionTimeoutSeconds = SessionTimeoutSeconds ?? settings.SessionTimeoutSeconds,
        HeartbeatIntervalSeconds = HeartbeatIntervalSeconds ?? settings.HeartbeatIntervalSeconds,
        DisconnectGraceSeconds = DisconnectGraceSeconds ?? settings.DisconnectGraceSeconds,
        HistoryRetentionDays = HistoryRetentionDays ?? settings.HistoryRetentionDays,
        SymbolSessions = SymbolSessions ?? settings.SymbolSessions,
        ExpiryGraceMinutes = ExpiryGraceMinutes ?? settings.ExpiryGraceMinutes,
        DevicesPerSeat = DevicesPerSeat ?? settings.DevicesPerSeat,
        CopiedDevices = CopiedDevices ?? settings.CopiedDevices,
    };
}
