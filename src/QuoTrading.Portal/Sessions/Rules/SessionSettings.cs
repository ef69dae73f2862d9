using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What an administrator may change while the portal runs; one row. The next decision already uses it.</summary>
public sealed record SessionSettings
{
    public int Id { get; init; } = 1;

    /// <summary>Seconds after its last message at which a session is stale.</summary>
    public int SessionTimeoutSeconds { get; init; } = 90;

    /// <summary>Seconds between heartbeats, as clients are told.</summary>
    public int HeartbeatIntervalSeconds { get; init; } = 30;

    /// <summary>Seconds that a session has to come back after its stream dropped.</summary>
    public int DisconnectGraceSeconds { get; init; } = 5;

    /// <summary>Days that history and events are kept.</summary>
    public int HistoryRetentionDays { get; init; } = 365;

    public SymbolSessions SymbolSessions { get; init; } = SymbolSessions.SameAddress;

    /// <summary>The most live devices on one seat (docs/protocol.md, Symbol sessions); 1 switches symbol sessions off.</summary>
    public int DevicesPerSeat { get; init; } = 6;

    /// <summary>How a fingerprint that is used in two places is handled; a license may have its own setting.</summary>
    public CopiedDevices CopiedDevices { get; init; } = CopiedDevices.Report;

    /// <summary>Minutes that a live session with an open position may go on after its license expired.</summary>
    public int ExpiryGraceMinutes { get; init; }

    /// <summary>UTC; null until the first change.</summary>
    public DateTime? ChangedAt { get; init; }

    public string? ChangedBy { get; init; }

    public long TimeoutMs => SessionTimeoutSeconds * 1000L;

    public long GraceMs => DisconnectGraceSeconds * 1000L;

    public long IntervalMs => HeartbeatIntervalSeconds * 1000L;

    /// <summary>The most live devices on one seat, by both settings.</summary>
    public int MostOnSeat => SymbolSessions == SymbolSessions.Off ? 1 : DevicesPerSeat;
}

/// <summary>Stored by name; at the wire <c>same_address</c> and <c>off</c>.</summary>
public enum SymbolSessions
{
    /// <summary>Sessions of one license that name different symbols and come from one network share a seat.</summary>
    SameAddress,

    /// <summary>Every fingerprint is a device of its own.</summary>
    Off,
}
