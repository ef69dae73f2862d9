using System.Data.Common;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Compares the rows of a file with the stored licenses.</summary>
internal sealed class ImportComparison
{
    private const string Select = """
        SELECT l."Id", c."Email", l."Plan", l."Status", l."ExpiresAt"
        FROM "Licenses" l JOIN "Customers" c ON c."Id" = l."CustomerId" WHERE l."KeyHash" = @p0
        """;

    private const string SelectCustomer = """SELECT "Id" FROM "Customers" WHERE "Email" = @p0""";

    public List<ImportRow> New { get; } = [];

    public List<(ImportRow Row, ImportDifference Difference)> Differing { get; } = [];

    public int Same { get; private set; }

    public ImportErrors Errors { get; } = new();

    /// <param name="query">Runs a statement with one parameter.</param>
    public static ImportComparison Of(ImportFile file, Func<string, object, DbDataReader> query)
    {
        var comparison = new ImportComparison();
        foreach (var row in file.Rows) comparison.Add(row, query);
        return comparison;
    }

    /// <summary>How many customers of the new licenses are not stored yet.</summary>
    public int CountNewCustomers(Func<string, object, DbDataReader> query) => New.Select(row => row.Email).Distinct(StringComparer.Ordinal).Count(email =>
    {
        using var found = query(SelectCustomer, email);
        return !found.Read();
    });

    private void Add(ImportRow row, Func<string, object, DbDataReader> query)
    {
        using var found = query(Select, KeyHash.Of(row.Key).ToBytes());
        if (!found.Read())
        {
            New.Add(row);
            return;
        }

        if (!string.Equals(found.GetString(1), row.Email, StringComparison.Ordinal))
        {
            Errors.Add(row.Line, $"The key {LicenseKey.Mask(row.Key)} belongs to another customer here; correct the e-mail address or remove the line.");
            return;
        }

        var differences = Compare(row, found).ToArray();
        if (differences.Length == 0) Same++;
        else Differing.Add((row, new(row.Line, found.GetInt64(0), LicenseKey.Mask(row.Key), string.Join("; ", differences))));
    }

    private static IEnumerable<string> Compare(ImportRow row, DbDataReader stored)
    {
        var (plan, status) = (stored.GetString(2), Enum.Parse<LicenseStatus>(stored.GetString(3)));
        DateTime? expires = stored.IsDBNull(4) ? null : DateTime.SpecifyKind(stored.GetDateTime(4), DateTimeKind.Utc);
        if (!string.Equals(plan, row.Plan, StringComparison.Ordinal)) yield return $"plan is {plan}, the file says {row.Plan}";
        if (status != row.Status) yield return $"status is {status}, the file says {row.Status}";
        if (expires != row.ExpiresAt) yield return $"expiry is {Show(expires)}, the file says {Show(row.ExpiresAt)}";
    }

    private static string Show(DateTime? time) => time is { } t ? $"{t:yyyy-MM-dd HH:mm:ss.FFFFFFF} UTC" : "never";
}
