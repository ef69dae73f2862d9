using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Adds licenses and customers with prepared statements: for 100,000 rows, change tracking would take most of the time.</summary>
internal static class LicenseTable
{
    private const string AddCustomer = """
        INSERT INTO "Customers" ("Email", "Name", "AccountId", "CreatedAt") VALUES (@p0, @p1, @p2, @p3) ON CONFLICT ("Email") DO NOTHING
        """;

    private const string FindCustomer = """SELECT "Id" FROM "Customers" WHERE "Email" = @p0""";

    private const string NumberCustomer = """UPDATE "Customers" SET "AccountId" = @p1 WHERE "Id" = @p0 AND "AccountId" IS NULL""";

    private const string AddLicense = """
        INSERT INTO "Licenses" ("CustomerId", "KeyHash", "KeyEncrypted", "KeyMasked", "Plan", "Status", "ExpiresAt", "Seats", "Note", "CreatedAt", "UpdatedAt", "Version")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, 1)
        ON CONFLICT ("KeyHash") DO NOTHING RETURNING "Id"
        """;

    /// <param name="email">Normalised.</param>
    /// <returns>The customer's id, and whether the customer is new.</returns>
    public static (long Id, bool IsNew) FindOrAddCustomer(WriteUnit unit, string email, string? name, string? accountId, DateTime utcNow)
    {
        var added = unit.Execute(AddCustomer, email, name, accountId, utcNow);
        return (unit.ExecuteScalar(FindCustomer, email), added > 0);
    }

    /// <summary>Sets the number in the old system, for a customer that has none yet.</summary>
    public static void FillAccountId(WriteUnit unit, long customerId, string accountId) => unit.Execute(NumberCustomer, customerId, accountId);

    /// <returns>The license's id; 0 if a license with this key exists: then nothing was added.</returns>
    public static long Add(WriteUnit unit, long customerId, SealedKey key, LicenseTerms terms, DateTime createdAt, DateTime utcNow) =>
        unit.ExecuteScalar(AddLicense, customerId, key.Hash.ToBytes(), key.Encrypted, key.Masked, terms.Plan, terms.Status, terms.ExpiresAt,
            terms.Seats, terms.Note, createdAt, utcNow);
}

/// <summary>A key in the forms that are stored.</summary>
internal sealed record SealedKey(KeyHash Hash, string Encrypted, string Masked)
{
    public static SealedKey Of(string key, KeyVault vault) => new(KeyHash.Of(key), vault.Protect(key), LicenseKey.Mask(key));
}

/// <summary>What was sold with a key. Times are UTC.</summary>
internal sealed record LicenseTerms(string Plan, LicenseStatus Status, DateTime? ExpiresAt, int Seats, string? Note);
