namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How long a device may not log in: until an instant, or for good. A device that may has none.</summary>
/// <param name="Instant">UTC; null for good.</param>
public readonly record struct KeptOutUntil(DateTime? Instant)
{
    /// <summary>For the audit log: the instant, or <c>lifted</c> for good. Older rows say nothing or the year 9999 instead of that word.</summary>
    internal object Audited => Instant is { } instant ? instant : "lifted";

    /// <param name="length"><see cref="Timeout.InfiniteTimeSpan"/> for good.</param>
    internal static KeptOutUntil After(DateTime utcNow, TimeSpan length) => new(length == Timeout.InfiniteTimeSpan ? null : utcNow + length);
}
