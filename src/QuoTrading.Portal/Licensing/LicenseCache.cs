using System.Collections.Concurrent;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// The licenses in use, in memory. Filled and changed only inside units of the writer, so what is here is what is stored;
/// dropped when another process wrote. Unknown keys are never remembered.
/// </summary>
public sealed class LicenseCache
{
    private readonly ConcurrentDictionary<KeyHash, LicenseSnapshot> byKey = new();
    private readonly ConcurrentDictionary<long, LicenseSnapshot> byId = new();

    /// <summary>What memory knows; null says nothing about whether the license exists.</summary>
    public LicenseSnapshot? Recall(KeyHash key) => byKey.GetValueOrDefault(key);

    /// <inheritdoc cref="Recall(KeyHash)"/>
    public LicenseSnapshot? Recall(long licenseId) => byId.GetValueOrDefault(licenseId);

    /// <summary>Inside a unit: the license with this key, or null where there is none.</summary>
    public LicenseSnapshot? Find(ILicenseReader stored, KeyHash key) => Recall(key) ?? Remember(stored.FindLicense(key));

    /// <summary>Inside a unit: the license with this number, or null where there is none.</summary>
    public LicenseSnapshot? Find(ILicenseReader stored, long licenseId) => Recall(licenseId) ?? Remember(stored.FindLicense(licenseId));

    /// <summary>Inside a unit: reads every license that has live sessions. Start, and after another process wrote.</summary>
    public void LoadLive(ILicenseReader stored)
    {
        foreach (var license in stored.LoadLicensesInUse()) Remember(license);
    }

    /// <summary>Forgets everything; the next look-up reads again.</summary>
    public void Clear()
    {
        byKey.Clear();
        byId.Clear();
    }

    /// <summary>For a unit that changed a license: memory follows when the unit is durable.</summary>
    public void Follow(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after) => unit.OnCommitted(() =>
    {
        byKey.TryRemove(before.Key, out _);
        byId.TryRemove(before.Id, out _);
        if (after is not null) Remember(after);
    });

    private LicenseSnapshot? Remember(LicenseSnapshot? facts)
    {
        if (facts is null) return null;
        byKey[facts.Key] = facts;
        byId[facts.Id] = facts;
        return facts;
    }
}
