using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// Encrypts license keys with the installation's key ring, and shows one again to an administrator. A stolen database without the
/// folder of the key ring reveals no key.
/// </summary>
public sealed class KeyVault(IDataProtectionProvider protection, Writer writer, AuditLog audit)
{
    private readonly IDataProtector protector = protection.CreateProtector("QuoTrading.LicenseKeys");

    /// <summary>The encrypted key, as it is stored.</summary>
    public string Protect(string key) => protector.Protect(key);

    /// <summary>Returns the key of a license. The audit log records this, with the actor, before the key is returned.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">It could not be audited, so the key is not returned.</exception>
    public Task<RevealOutcome> RevealAsync(Actor actor, long licenseId, string? reason = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        return writer.RunAsync(async unit =>
        {
            var license = await unit.Db.Licenses.AsNoTracking().SingleOrDefaultAsync(l => l.Id == licenseId, cancel);
            if (license is null) return new RevealOutcome.NotFound();
            if (!TryUnprotect(license.KeyEncrypted, out var key)) return new RevealOutcome.Unreadable();

            audit.Add(unit.Db, actor, "license.reveal", "license", licenseId.ToString(CultureInfo.InvariantCulture), reason,
                after: new { Key = license.KeyMasked });
            return (RevealOutcome)new RevealOutcome.Revealed(key);
        }, cancel: cancel);
    }

    /// <summary>Whether the key ring can decrypt the stored keys, tested with the newest license. Returns no key.</summary>
    /// <returns>Null where there is no license.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public Task<bool?> FitsAsync(CancellationToken cancel = default) => writer.RunAsync(
        async unit => await unit.Db.Licenses.OrderByDescending(l => l.Id).Select(l => l.KeyEncrypted).FirstOrDefaultAsync(cancel) is { } stored
            ? TryUnprotect(stored, out _)
            : (bool?)null,
        cancel: cancel);

    internal bool TryUnprotect(string stored, out string key)
    {
        try
        {
            key = protector.Unprotect(stored);
            return true;
        }
        catch (CryptographicException)
        {
            key = "";
            return false;
        }
    }
}

/// <summary>The answer to <see cref="KeyVault.RevealAsync"/>.</summary>
public abstract record RevealOutcome
{
    private RevealOutcome()
    {
    }

    /// <param name="Key">The key in full. Must never be logged.</param>
    public sealed record Revealed(string Key) : RevealOutcome
    {
        public override string ToString() => $"{nameof(Revealed)} {LicenseKey.Mask(Key)}";
    }

    public sealed record NotFound : RevealOutcome;

    /// <summary>The key ring that encrypted it is lost, as after restoring a backup without it. The key itself still works.</summary>
    public sealed record Unreadable : RevealOutcome;
}
