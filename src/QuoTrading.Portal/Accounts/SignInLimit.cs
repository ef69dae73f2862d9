using System.Threading.RateLimiting;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// Limits how often an address may try to sign in: far more often than people who forgot their passwords, far less often than a flood
/// of guesses, each of which costs a password hash and an audit entry.
/// </summary>
public sealed class SignInLimit : IDisposable
{
    /// <summary>Tries in a burst, and tries added per minute.</summary>
    public const int Tries = 30;

    private readonly PartitionedRateLimiter<string> addresses = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Tries,
            TokensPerPeriod = Tries,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));

    /// <summary>Takes one try, before any work is done for it.</summary>
    /// <returns>False if the address has none left.</returns>
    public bool Take(string? address)
    {
        using var lease = addresses.AttemptAcquire(address ?? "");
        return lease.IsAcquired;
    }

    public void Dispose() => addresses.Dispose();
}
