using System.Threading.RateLimiting;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api;

/// <summary>
/// Limits far above any honest client (PROTOCOL.md, Too many requests): by license first; by address only for unknown keys, since
/// many bots share one.
/// </summary>
public sealed class RequestLimits(LimitOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<KeyHash> licenses = PartitionedRateLimiter.Create<KeyHash, KeyHash>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => Bucket(options.LicenseBurst, options.LicensePerSecond, TimeSpan.FromSeconds(1))));

    private readonly PartitionedRateLimiter<string> guesses = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => Bucket(options.UnknownKeyBurst, 1, TimeSpan.FromMinutes(1) / options.UnknownKeysPerMinute)));

    /// <returns>Null if the request may go on; else how many seconds to wait.</returns>
    public int? Take(KeyHash key)
    {
        using var lease = licenses.AttemptAcquire(key);
        return lease.IsAcquired ? null : SecondsToWait(lease);
    }

    /// <summary>Counts an unknown key against the address it came from.</summary>
    public void CountGuess(string address) => guesses.AttemptAcquire(address).Dispose();

    /// <returns>Null if the address may still name unknown keys; else how many seconds to wait.</returns>
    public int? CheckGuesses(string address)
    {
        // Nothing is taken: known keys cost an address nothing. And a whole one must be there: to ask for none is granted as soon as
        // the smallest part of one has come back, which is always.
        return guesses.GetStatistics(address) is { CurrentAvailablePermits: < 1 } ? (int)Math.Ceiling(60.0 / options.UnknownKeysPerMinute) : null;
    }

    public void Dispose()
    {
        licenses.Dispose();
        guesses.Dispose();
    }

    private static TokenBucketRateLimiterOptions Bucket(int burst, int tokens, TimeSpan period) => new()
    {
        TokenLimit = burst,
        TokensPerPeriod = tokens,
        ReplenishmentPeriod = period,
        QueueLimit = 0,
        AutoReplenishment = false,
    };

    private static int SecondsToWait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)) : 1;
}

/// <summary>The section <c>Portal:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests that a license may make at once.</summary>
    public int LicenseBurst { get; set; } = 50;

    /// <summary>Requests a second that a license may make in the long run.</summary>
    public int LicensePerSecond { get; set; } = 10;

    /// <summary>Unknown keys that an address may name at once.</summary>
    public int UnknownKeyBurst { get; set; } = 100;

    /// <summary>Unknown keys a minute that an address may name in the long run.</summary>
    public int UnknownKeysPerMinute { get; set; } = 20;

    /// <exception cref="StartException">One is below 1: then nobody would ever be served.</exception>
    internal void Check()
    {
        var wrong = new[] { (nameof(LicenseBurst), LicenseBurst), (nameof(LicensePerSecond), LicensePerSecond), (nameof(UnknownKeyBurst), UnknownKeyBurst), (nameof(UnknownKeysPerMinute), UnknownKeysPerMinute) }
            .Where(limit => limit.Item2 < 1).Select(limit => $"{PortalOptions.Section}:Limits:{limit.Item1} is {limit.Item2}, but must be at least 1.").ToList();
        if (wrong.Count > 0) throw new StartException(string.Join(Environment.NewLine, wrong));
    }
}
