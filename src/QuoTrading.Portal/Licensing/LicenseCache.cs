using System.Collections.Concurrent;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// The licenses in use, in memory. Filled and changed only inside units of the writer, so it always equals what is stored;
/// cleared after another process wrote. Unknown keys are never cached.
/// </summary>
public sealed class LicenseCache
{
    private readonly ConcurrentDictionary<KeyHash, LicenseSnapshot> byKey = new();
    private readonly ConcurrentDictionary<long, LicenseSnapshot> byId = new();

    /// <summary>The cached license. Null only means that it is not cached; it may exist.</summary>
    public LicenseSnapshot? Recall(KeyHash key) => byKey.GetValueOrDefault(key);

    /// <inheritdoc cref="Recall(KeyHash)"/>
    public LicenseSnapshot? Recall(long licenseId) => byId.GetValueOrDefault(licenseId);

    /// <summary>Inside a unit: the license with this key, or null where there is none.</summary>
    public LicenseSnapshot? Find(ILicenseReader stored, KeyHash key) => Recall(key) ?? Remember(stored.FindLicense(key));

    /// <summary>Inside a unit: the license with this id, or null where there is none.</summary>
    public LicenseSnapshot? Find(ILicenseReader stored, long licenseId) => Recall(licenseId) ?? Remember(stored.FindLicense(licenseId));

    /// <summary>Inside a unit: caches every license that has live sessions. Called at start, and after another process wrote.</summary>
    public void LoadLive(ILicenseReader stored)
    {
        foreach (var license in stored.LoadLicensesInUse()) Remember(license);
    }

    /// <summary>Removes everything; the next look-up reads the store.</summary>
    public void Clear()
    {
        byKey.Clear();
        byId.Clear();
    }

    /// <summary>Inside a unit that changed a license: updates the cache once the unit is durable.</summary>
    public void Follow(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after) => unit.OnCommitted(() =>
    {
        byKey.TryRemove(before.Key, out _);
        byId.TryRemove(before.Id, out _);
        if (after is not null) Remember(after);
    });

    private LicenseSnapshot? Remember(LicenseSnapshot? license)
    {
        if (license is null) return null;
        byKey[license.Key] = license;
        byId[license.Id] = license;
        return license;
    }
}
