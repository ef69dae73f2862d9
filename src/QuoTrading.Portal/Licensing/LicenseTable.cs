using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Adds licenses and customers by prepared statements: change tracking would take most of the time of a hundred thousand.</summary>
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
    /// <returns>The customer's number, and whether he is new.</returns>
    public static (long Id, bool IsNew) FindOrAddCustomer(WriteUnit unit, string email, string? name, string? accountId, DateTime utcNow)
    {
        var added = unit.Execute(AddCustomer, email, name, accountId, utcNow);
        return (unit.ExecuteScalar(FindCustomer, email), added > 0);
    }

    /// <summary>For a customer who was there without his number in the old system.</summary>
    public static void FillAccountId(WriteUnit unit, long customerId, string accountId) => unit.Execute(NumberCustomer, customerId, accountId);

    /// <returns>The license's number; 0 if there is one with this key, and nothing was added.</returns>
    public static long Add(WriteUnit unit, long customerId, SealedKey key, LicenseTerms terms, DateTime createdAt, DateTime utcNow) =>
        unit.ExecuteScalar(AddLicense, customerId, key.Hash.ToBytes(), key.Encrypted, key.Masked, terms.Plan, terms.Status, terms.ExpiresAt,
            terms.Seats, terms.Note, createdAt, utcNow);
}

/// <summary>What is stored of a key.</summary>
internal sealed record SealedKey(KeyHash Hash, string Encrypted, string Masked)
{
    public static SealedKey Of(string key, KeyVault vault) => new(KeyHash.Of(key), vault.Protect(key), LicenseKey.Mask(key));
}

/// <summary>What was sold with a key. Times are UTC.</summary>
internal sealed record LicenseTerms(string Plan, LicenseStatus Status, DateTime? ExpiresAt, int Seats, string? Note);
