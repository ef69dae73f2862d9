using System.Threading.RateLimiting;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// How often an address may fail to sign in: far above a person who forgot his password, far below a flood of guesses, each of
/// which costs a password hash and an audit row.
/// </summary>
public sealed class SignInLimit : IDisposable
{
    /// <summary>Failures at once, and then as many a minute.</summary>
    public const int Failures = 30;

    private readonly PartitionedRateLimiter<string> addresses = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Failures,
            TokensPerPeriod = Failures,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));

    /// <returns>False if the address has failed too often: then nothing is looked up.</returns>
    public bool MayTry(string? address) => addresses.GetStatistics(address ?? "")?.CurrentAvailablePermits is null or > 0;

    public void CountFailure(string? address) => addresses.AttemptAcquire(address ?? "").Dispose();

    public void Dispose() => addresses.Dispose();
}
