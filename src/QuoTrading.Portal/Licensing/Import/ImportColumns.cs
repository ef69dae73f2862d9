namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Maps the fields of a record to columns, by the header row.</summary>
internal sealed class ImportColumns
{
    public const string Expected = "account_id,email,license_key,license_type,license_status,license_expiration,created_at";

    private static readonly string[] Names = Expected.Split(',');
    private readonly int[] places;

    private ImportColumns(int[] places, int count)
    {
        this.places = places;
        Count = count;
    }

    /// <summary>How many fields every record must have.</summary>
    public int Count { get; }

    /// <returns>Null if the header is wrong; the error that it adds names the expected one.</returns>
    public static ImportColumns? Read(string[] header, int line, ImportErrors errors, List<string> notices)
    {
        var names = Array.ConvertAll(header, name => name.Trim().ToLowerInvariant());
        var missing = Names.Except(names, StringComparer.Ordinal).ToArray();
        var twice = names.Intersect(Names, StringComparer.Ordinal).FirstOrDefault(name => names.Count(n => n == name) > 1);
        var problem = (missing, twice, names) switch
        {
            (_, _, [var only]) when only.Contains(';', StringComparison.Ordinal) => "The fields are separated by semicolons; export it again with commas.",
            (_, _, [var only]) when only.Contains('\t', StringComparison.Ordinal) => "The fields are separated by tabs; export it again with commas.",
            ({ Length: > 0 }, _, _) when missing.Length == Names.Length => "There is no header row that names the columns.",
            ({ Length: > 0 }, _, _) => $"The header lacks {string.Join(", ", missing)}.",
            (_, not null, _) => $"The header names {twice} twice; remove one.",
            _ => null,
        };
        if (problem is not null)
        {
            errors.Add(line, $"{problem} The first row must name these columns, in any order: {Expected}");
            return null;
        }

        var extra = names.Select((name, place) => name.Length > 0 ? name : $"number {place + 1}").Where(name => !Names.Contains(name, StringComparer.Ordinal)).ToArray();
        if (extra.Length > 0) notices.Add($"These columns are ignored: {Cell.Quote(string.Join(", ", extra))}.");
        return new ImportColumns(Array.ConvertAll(Names, name => Array.IndexOf(names, name)), names.Length);
    }

    /// <summary>The fields of a record in the order of <see cref="Expected"/>, trimmed.</summary>
    public string[] Pick(string[] record) => Array.ConvertAll(places, place => record[place].Trim());
}
