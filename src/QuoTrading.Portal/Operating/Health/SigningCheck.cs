using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>
/// Yellow while the private keys that sign answers cannot be decrypted. Not red: an unready portal would serve no client at all, and bots
/// without built-in keys are not affected.
/// </summary>
internal sealed class SigningCheck(SigningKeys keys) : IHealthCheck
{
    private const string Remedy =
        "The key ring is not the one that encrypted the private keys: put the files of the ring that belongs to this database into the folder keys, and restart. Only where it is lost for good, 'keys rotate --lost' makes new keys.";

    private const string Unsigned = $"Answers to clients cannot be signed{{since}}. Bots that have keys built in take an unsigned answer for none: they are being kept out. {Remedy}";

    private const string NextLost = $"The next key that answers to clients will be signed with cannot be read{{since}}. Nobody notices yet, but a rotation is not possible. {Remedy}";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        keys.IsAnyLost ? HealthCheckResult.Degraded(keys.Signer is null ? Unsigned : NextLost) : HealthCheckResult.Healthy());
}
