using System.Globalization;
using CsvHelper;

namespace QuoTrading.Portal.Licensing;

/// <summary>A list of licenses as CSV for a spreadsheet: keys are masked, and no field can run as a formula.</summary>
internal static class LicenseCsv
{
    private static readonly string[] Header = ["id", "email", "customer", "license_key_masked", "plan", "state", "expires_at", "seats", "created_at", "note"];

    /// <summary>Writes row by row, without collecting them.</summary>
    /// <param name="utcNow">Decides the state of each license.</param>
    public static async Task WriteAsync(Stream stream, IAsyncEnumerable<LicenseItem> licenses, DateTime utcNow, CancellationToken cancel)
    {
        // Without a byte order mark, spreadsheets assume the machine's legacy code page.
        await using var csv = CsvWriter.Create(stream, new CsvWriterOptions { Injection = CsvInjection.Escape, WriteByteOrderMark = true }, leaveOpen: true);
        foreach (var name in Header) csv.WriteField(name);
        await csv.EndRecordAsync(cancel);
        await foreach (var license in licenses.WithCancellation(cancel))
        {
            csv.WriteField(license.Id.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(license.CustomerEmail);
            csv.WriteField(license.CustomerName);
            csv.WriteField(license.KeyMasked);
            csv.WriteField(license.Plan);
            csv.WriteField(license.StandingAt(utcNow).ToString().ToLowerInvariant());
            csv.WriteField(Time(license.ExpiresAt));
            csv.WriteField(license.Seats.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(Time(license.CreatedAt));
            csv.WriteField(license.Note);
            await csv.EndRecordAsync(cancel);
        }

        await csv.FlushAsync(cancel);
    }

    private static string? Time(DateTime? utc) => utc?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
