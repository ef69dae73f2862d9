using System.Globalization;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Changes existing licenses for people and scripts. <see cref="LicenseIssuer"/> creates new ones.</summary>
public sealed class LicenseService(
    Writer writer,
    IDbContextFactory<PortalDbContext> contexts,
    LicenseCache cache,
    KeyVault vault,
    IEnumerable<ILicenseWatcher> watchers,
    AuditLog audit,
    TimeProvider time) : ILicenseService
{
    private readonly ILicenseWatcher[] watchers = [.. watchers];

    /// <summary>Changes a license, ends sessions that must end with it, and audits: one unit, durable when the task completes.</summary>
    /// <param name="expectedVersion">The <see cref="LicenseState.Version"/> that the caller read; null: not compared.</param>
    /// <param name="reason">Why, for the audit log and the history of the sessions: at most 500 characters.</param>
    /// <exception cref="ForbiddenException">The actor's role does not allow this change.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<LicenseOutcome> ChangeAsync(Actor actor, long licenseId, LicenseChange change, int? expectedVersion = null,
        string? reason = null, CancellationToken cancel = default)
    {
        actor.Require(change.Needs);
        var now = time.GetUtcNow().UtcDateTime;
        var error = change.Check(now) ?? LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason);
        if (error is not null) return new LicenseOutcome.Invalid([error]);

        return await writer.RunAsync(async unit =>
        {
            var license = await FindAsync(unit, licenseId, cancel);
            if (license is null) return new LicenseOutcome.NotFound();
            if (expectedVersion is not null && license.Version != expectedVersion) return new LicenseOutcome.Outdated(LicenseState.Of(license));
            actor.Require(change.NeedsFor(license));

            var before = LicenseState.Of(license);
            if (change.Apply(license, now) is { } refused) return new LicenseOutcome.Invalid([refused]);
            if (LicenseState.Of(license) == before) return new LicenseOutcome.Unchanged(before);
            var ended = Record(unit, license, before, actor, change.Action, reason, now);
            return (LicenseOutcome)new LicenseOutcome.Changed(LicenseState.Of(license), ended);
        }, cancel: cancel);
    }

    /// <summary>
    /// Gives a license another key: the old one is unknown from now on, and every session that used it ends. For a key that has
    /// leaked.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync"/>
    public async Task<KeyOutcome> ReplaceKeyAsync(Actor actor, long licenseId, int? expectedVersion = null, string? reason = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        if (LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason) is { } error) return new KeyOutcome.Refused(new LicenseOutcome.Invalid([error]));
        var key = LicenseKey.Create();
        var sealedKey = SealedKey.Of(key, vault);
        return await writer.RunAsync<KeyOutcome>(async unit =>
        {
            var license = await FindAsync(unit, licenseId, cancel);
            if (license is null) return new KeyOutcome.Refused(new LicenseOutcome.NotFound());
            var before = LicenseState.Of(license);
            if (expectedVersion is not null && license.Version != expectedVersion) return new KeyOutcome.Refused(new LicenseOutcome.Outdated(before));
            license.KeyHash = sealedKey.Hash.ToBytes();
            license.KeyEncrypted = sealedKey.Encrypted;
            license.KeyMasked = sealedKey.Masked;
            var ended = Record(unit, license, before, actor, "license.key", reason, time.GetUtcNow().UtcDateTime);
            return new KeyOutcome.Replaced(new IssuedLicense(licenseId, key), LicenseState.Of(license), ended);
        }, cancel: cancel);
    }

    /// <summary>
    /// Deletes a license; its sessions end. The history stays, without the customer's name and addresses. A customer without other
    /// licenses is deleted, too.
    /// </summary>
    /// <inheritdoc cref="ChangeAsync"/>
    public async Task<LicenseOutcome> DeleteAsync(Actor actor, long licenseId, int? expectedVersion = null, string? reason = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        if (LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason) is { } error) return new LicenseOutcome.Invalid([error]);
        return await writer.RunAsync<LicenseOutcome>(async unit =>
        {
            var license = await FindAsync(unit, licenseId, cancel);
            if (license is null) return new LicenseOutcome.NotFound();
            var before = LicenseState.Of(license);
            if (expectedVersion is not null && license.Version != expectedVersion) return new LicenseOutcome.Outdated(before);
            var ended = watchers.Sum(watcher => watcher.OnChanging(unit, before.Snapshot, null, actor, reason));
            cache.Follow(unit, before.Snapshot, null);
            audit.Add(unit.Db, actor, "license.delete", "license", licenseId.ToString(CultureInfo.InvariantCulture), reason,
                before: new { Key = before.Snapshot.KeyMasked, before.Snapshot.Plan, before.Snapshot.ExpiresAt, Status = before.Snapshot.Status.ToString() }, after: new { sessions_ended = ended });
            unit.Db.Licenses.Remove(license);
            if (!await unit.Db.Licenses.AnyAsync(other => other.CustomerId == license.CustomerId && other.Id != licenseId, cancel)) unit.Db.Customers.Remove(license.Customer!);
            return new LicenseOutcome.Changed(before, ended);
        }, cancel: cancel);
    }

    /// <summary>The stored license; null where there is none.</summary>
    public async Task<LicenseState?> FindAsync(long licenseId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var license = await db.Licenses.AsNoTracking().Include(l => l.Customer).SingleOrDefaultAsync(l => l.Id == licenseId, cancel);
        return license is null ? null : LicenseState.Of(license);
    }

    /// <summary>Inside a unit that changed a license: increases the version, calls the watchers, updates the cache and audits.</summary>
    /// <param name="license">Tracked by the unit's context, with its customer.</param>
    /// <returns>How many sessions end with it.</returns>
    internal int Record(WriteUnit unit, License license, LicenseState before, Actor actor, string action, string? reason, DateTime utcNow)
    {
        license.Version++;
        license.UpdatedAt = utcNow;
        var after = LicenseState.Of(license);
        var ended = watchers.Sum(watcher => watcher.OnChanging(unit, before.Snapshot, after.Snapshot, actor, reason));
        cache.Follow(unit, before.Snapshot, after.Snapshot);
        var (was, now) = Difference(before, after);
        if (ended > 0) now["sessions_ended"] = ended;
        audit.Add(unit.Db, actor, action, "license", license.Id.ToString(CultureInfo.InvariantCulture), reason, was, now);
        return ended;
    }

    private static Task<License?> FindAsync(WriteUnit unit, long licenseId, CancellationToken cancel) =>
        unit.Db.Licenses.Include(l => l.Customer).SingleOrDefaultAsync(l => l.Id == licenseId, cancel);

    // What changed, under the names of the API. Key and customer are added so that the audit entry names the license.
    private static (Dictionary<string, object?> Before, Dictionary<string, object?> After) Difference(LicenseState before, LicenseState after)
    {
        var was = new Dictionary<string, object?>(StringComparer.Ordinal);
        var now = new Dictionary<string, object?>(StringComparer.Ordinal) { ["key"] = after.Snapshot.KeyMasked, ["customer"] = after.Snapshot.CustomerEmail };
        Compare("status", before.Snapshot.Status.ToString(), after.Snapshot.Status.ToString());
        Compare("expires_at", before.Snapshot.ExpiresAt, after.Snapshot.ExpiresAt);
        Compare("seats", before.Snapshot.Seats, after.Snapshot.Seats);
        Compare("copied_devices", Word(before.Snapshot.CopiedDevices), Word(after.Snapshot.CopiedDevices));
        Compare("plan", before.Snapshot.Plan, after.Snapshot.Plan);
        Compare("note", before.Note, after.Note);
        Compare("old_key", before.Snapshot.KeyMasked, after.Snapshot.KeyMasked);
        return (was, now);

        static string? Word(CopiedDevices? setting) => setting?.ToString().ToLowerInvariant();

        void Compare(string name, object? old, object? current)
        {
            if (Equals(old, current)) return;
            was[name] = old;
            now[name] = current;
        }
    }
}
