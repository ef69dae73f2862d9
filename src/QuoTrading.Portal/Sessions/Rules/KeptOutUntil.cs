namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How long a device may not log in: until an instant, or without end. Null where a device may log in.</summary>
/// <param name="Instant">UTC; null means without end.</param>
public readonly record struct KeptOutUntil(DateTime? Instant)
{
    /// <summary>For the audit log: the instant, or <c>lifted</c> without end. Older rows have null or the year 9999 instead.</summary>
    internal object Audited => Instant is { } instant ? instant : "lifted";

    /// <param name="length"><see cref="Timeout.InfiniteTimeSpan"/> means without end.</param>
    internal static KeptOutUntil After(DateTime utcNow, TimeSpan length) => new(length == Timeout.InfiniteTimeSpan ? null : utcNow + length);
}
