namespace QuoTrading.Portal.Sessions;

/// <summary>
/// The right of one device to use one license, until it ends; a row of the small table of live sessions, and, immutable, what
/// the registry keeps in memory.
/// </summary>
/// <remarks>
/// Two unique indices stand behind the rules: one session a device of a license, and one <see cref="SeatLead"/> a seat. Whoever
/// joins a seat (PROTOCOL.md, Symbol sessions) does so without being its lead.
/// </remarks>
public sealed record LiveSession
{
    /// <summary>UUIDv7; at the wire in lower case.</summary>
    public required Guid SessionId { get; init; }

    public required long LicenseId { get; init; }

    /// <summary>The device's fingerprint, as it sent it.</summary>
    public required string Device { get; init; }

    /// <summary>1 to the license's seats.</summary>
    public required int Seat { get; init; }

    /// <summary>True for the one session that occupies the seat; false for those that joined it.</summary>
    public required bool SeatLead { get; init; }

    /// <summary>Where the last message came from.</summary>
    public required string Address { get; init; }

    public string? Symbol { get; init; }

    public string? BotVersion { get; init; }

    /// <summary><c>online</c> or <c>idle</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The last metadata: the client's JSON object, as it came. Hostile text.</summary>
    public string? Metadata { get; init; }

    public string? DeviceName { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>UTC, wall time: for people only. Ages count in <see cref="LastSeenMs"/>.</summary>
    public required DateTime LastSeenAt { get; init; }

    /// <summary>The last message, in milliseconds of service time.</summary>
    public required long LastSeenMs { get; init; }

    /// <summary>Milliseconds granted beyond the timeout after a gap of the server's; 0 until then, and again after the next message.</summary>
    public long CreditMs { get; init; }

    /// <summary>How often the session timed out and was resumed.</summary>
    public int Interruptions { get; init; }

    /// <summary>Milliseconds between the last two messages, or 0 while there was only one. In memory only.</summary>
    public long IntervalMs { get; init; }
}
