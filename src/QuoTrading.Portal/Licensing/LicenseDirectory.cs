using System.Collections.Concurrent;
using System.Data.Common;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// The licenses in use, in memory. Filled and changed only inside units of the writer, so what is here is what is stored;
/// dropped when another process wrote. Unknown keys are never remembered.
/// </summary>
public sealed class LicenseDirectory
{
    private const string Select = """
        SELECT l."Id", l."KeyHash", c."Id", c."Email", c."Name", l."KeyMasked", l."Plan", l."Status", l."ExpiresAt", l."Seats", l."CopiedDevices"
        FROM "Licenses" l JOIN "Customers" c ON c."Id" = l."CustomerId"
        """;

    private readonly ConcurrentDictionary<KeyHash, LicenseFacts> byKey = new();
    private readonly ConcurrentDictionary<long, LicenseFacts> byId = new();

    /// <summary>What memory knows; null says nothing about whether the license exists.</summary>
    public LicenseFacts? Recall(KeyHash key) => byKey.GetValueOrDefault(key);

    /// <inheritdoc cref="Recall(KeyHash)"/>
    public LicenseFacts? Recall(long licenseId) => byId.GetValueOrDefault(licenseId);

    /// <summary>Inside a unit: the license with this key, or null where there is none.</summary>
    public LicenseFacts? Find(WriteUnit unit, KeyHash key)
    {
        if (Recall(key) is { } known) return known;
        using var rows = unit.Query(Select + " WHERE l.\"KeyHash\" = @p0", key.ToBytes());
        return rows.Read() ? Remember(Read(rows)) : null;
    }

    /// <summary>Inside a unit: the license with this number, or null where there is none.</summary>
    public LicenseFacts? Find(WriteUnit unit, long licenseId)
    {
        if (Recall(licenseId) is { } known) return known;
        using var rows = unit.Query(Select + " WHERE l.\"Id\" = @p0", licenseId);
        return rows.Read() ? Remember(Read(rows)) : null;
    }

    /// <summary>Inside a unit: reads every license that has live sessions. Start, and after another process wrote.</summary>
    public void LoadLive(WriteUnit unit)
    {
        using var rows = unit.Query(Select + " WHERE l.\"Id\" IN (SELECT \"LicenseId\" FROM \"LiveSessions\")");
        while (rows.Read()) Remember(Read(rows));
    }

    /// <summary>Forgets everything; the next look-up reads again.</summary>
    public void Clear()
    {
        byKey.Clear();
        byId.Clear();
    }

    /// <summary>For a unit that changed a license: memory follows when the unit is durable.</summary>
    public void Follow(WriteUnit unit, LicenseFacts before, LicenseFacts? after) => unit.OnCommitted(() =>
    {
        byKey.TryRemove(before.Key, out _);
        byId.TryRemove(before.Id, out _);
        if (after is not null) Remember(after);
    });

    private LicenseFacts Remember(LicenseFacts facts)
    {
        byKey[facts.Key] = facts;
        byId[facts.Id] = facts;
        return facts;
    }

    private static LicenseFacts Read(DbDataReader row) => new(
        row.GetInt64(0),
        KeyHash.FromBytes((byte[])row.GetValue(1)),
        row.GetInt64(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.GetString(5),
        CommonTexts.Share(row.GetString(6)),
        Enum.Parse<LicenseStatus>(row.GetString(7)),
        row.IsDBNull(8) ? null : DateTime.SpecifyKind(row.GetDateTime(8), DateTimeKind.Utc),
        row.GetInt32(9),
        row.IsDBNull(10) ? null : Enum.Parse<CopiedDevices>(row.GetString(10)));
}
