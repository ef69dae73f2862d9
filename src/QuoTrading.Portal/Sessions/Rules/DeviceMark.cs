namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What an administrator decided about one device of one license. Retention does not delete it. Immutable, because the registry keeps the
/// same object in memory.
/// </summary>
public sealed record DeviceMark
{
    public required long LicenseId { get; init; }

    public required string Device { get; init; }

    public required MarkKind Kind { get; init; }

    /// <summary>UTC; null means without end. Only for <see cref="MarkKind.KeptOut"/>.</summary>
    public DateTime? Until { get; init; }

    public required DateTime SetAt { get; init; }

    public required string SetBy { get; init; }

    public string? Reason { get; init; }

    /// <summary>The mark has not expired.</summary>
    public bool IsInForce(DateTime utcNow) => !(Until <= utcNow);
}

/// <summary>Stored by name.</summary>
public enum MarkKind
{
    /// <summary>Logged out by an administrator; stands until the device logs in.</summary>
    ForcedLogout,

    /// <summary>Kept out by an administrator, until a time or without end.</summary>
    KeptOut,
}
