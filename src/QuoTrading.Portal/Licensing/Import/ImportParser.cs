using System.Security.Cryptography;
using CsvHelper;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Reads the old system's CSV. Pure: the same bytes at the same time give the same rows and errors.</summary>
internal static class ImportParser
{
    /// <summary>The most bytes of a file: about two million licenses.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private const int MaxLine = 8192;
    private const string QuoteAdvice = "Is a quote not closed, or a comma in a field without quotes? Correct the line or export the file again.";

    /// <param name="fileName">For reports; without its folder, if it has one.</param>
    /// <param name="utcNow">Decides whether an "expired" license has expired.</param>
    public static ImportFile Parse(string fileName, ReadOnlySpan<byte> bytes, DateTime utcNow)
    {
        var errors = new ImportErrors();
        var notices = new List<string>();
        var rows = new Dictionary<KeyHash, ImportRow>();
        var repeated = 0;
        if (bytes.Length > MaxBytes) errors.Add(null, $"The file is larger than {MaxBytes / 1024 / 1024} MB; split it, with the header row in each part.");
        else if (!ImportDecoder.TryDecode(bytes, out var text)) errors.Add(null, text);
        else repeated = ReadRows(text, utcNow, rows, errors, notices);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new ImportFile(Path.GetFileName(fileName), hash, [.. rows.Values], repeated, errors, notices);
    }

    private static int ReadRows(string text, DateTime utcNow, Dictionary<KeyHash, ImportRow> rows, ImportErrors errors, List<string> notices)
    {
        var badQuotes = new HashSet<long>();
        using var reader = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            // No field of ours has a line break, and a quote that is not closed must not swallow the rest of the file.
            AllowLineBreaksInQuotes = false,
            OnMalformedRecord = bad => badQuotes.Add(bad.LineNumber),
        });
        ImportColumns? columns = null;
        var (records, repeated) = (0, 0);
        while (reader.Read())
        {
            var line = (int)reader.LineNumber;
            var record = Enumerable.Range(0, reader.FieldCount).Select(reader.GetString).ToArray();
            if (Array.TrueForAll(record, string.IsNullOrWhiteSpace)) continue;
            if (columns is null)
            {
                columns = ImportColumns.Read(record, line, errors, notices);
                if (columns is null) return 0;
                continue;
            }

            records++;
            if (reader.RawRecord.Length > MaxLine) errors.Add(line, $"The line is longer than {MaxLine} bytes. {QuoteAdvice}");
            else if (badQuotes.Contains(line)) errors.Add(line, $"The quotes in it do not pair up. {QuoteAdvice}");
            else if (ReadRow(record, columns, line, utcNow, errors) is { } row && !rows.TryAdd(KeyHash.Of(row.Key), row))
            {
                var earlier = rows[KeyHash.Of(row.Key)];
                if (earlier with { Line = row.Line, Key = row.Key } == row) repeated++;
                else errors.Add(line, $"The key {LicenseKey.Mask(row.Key)} is in line {earlier.Line} too, with other values; keep the line that is right.");
            }
        }

        if (columns is null) errors.Add(null, $"The file is empty; its first row must name the columns {ImportColumns.Expected}");
        else if (records == 0) errors.Add(null, "The file has a header row and nothing below it; export it again with its licenses.");
        return repeated;
    }

    private static ImportRow? ReadRow(string[] record, ImportColumns columns, int line, DateTime utcNow, ImportErrors errors)
    {
        var before = errors.Count;
        if (record.Length != columns.Count)
        {
            errors.Add(line, $"It has {record.Length} fields where the header has {columns.Count}. {QuoteAdvice}");
            return null;
        }

        if (columns.Pick(record) is not [var account, var email, var written, var type, var statusText, var expirationText, var createdText]) return null;
        var plan = Cell.IsNothing(type) ? LicenseRules.DefaultPlan : type;
        var cells = new Cells(line, errors);
        var address = cells.Email(email);
        var key = LicenseKey.Clean(written);
        cells.Text("license_key", key, LicenseKey.MaxLength, shown: false);
        if (key.Length == 0) errors.Add(line, "license_key is empty; enter the key, or remove the line.");
        cells.Text("license_type", plan, LicenseRules.MaxPlan);
        if (plan is ['=' or '+' or '-' or '@', ..]) errors.Add(line, $"license_type {Cell.Quote(plan)} begins like a spreadsheet's formula; write the plan's name.");
        cells.Text("account_id", account, 100);
        var expires = Cell.IsNever(expirationText) ? null : cells.Time("license_expiration", expirationText, ", or leave it empty for a license that never expires");
        var created = Cell.IsNothing(createdText) ? null : cells.Time("created_at", createdText, ", or leave it empty for today");
        var status = cells.Status(statusText, expires, utcNow);

        return errors.Count > before || address is null
            ? null
            : new ImportRow(line, Cell.IsNothing(account) ? null : account, address, key, plan, status, expires, created);
    }
}
