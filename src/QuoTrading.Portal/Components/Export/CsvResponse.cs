using System.Globalization;
using CsvHelper;

namespace QuoTrading.Portal.Components.Export;

/// <summary>Streams a list as CSV: only a small part is in memory, and a disconnected browser ends the reading.</summary>
internal static class CsvResponse
{
    private const int RowsAFlush = 500;

    // Escaped, because a spreadsheet evaluates a text that begins like a formula. The byte order mark tells it that the file is UTF-8.
    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape, WriteByteOrderMark = true };

    /// <param name="name">The file name without its extension.</param>
    /// <param name="rows">Read while the response is written.</param>
    public static async Task WriteAsync<T>(HttpContext context, string name, IReadOnlyList<CsvColumn<T>> columns, IAsyncEnumerable<T> rows)
    {
        var (response, cancel) = (context.Response, context.RequestAborted);
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        response.Headers.CacheControl = "no-store";
        await using var csv = CsvWriter.Create(response.Body, Options, leaveOpen: true);
        foreach (var column in columns) csv.WriteField(column.Name);
        await csv.EndRecordAsync(cancel);
        var written = 0;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            foreach (var column in columns) csv.WriteField(Cell(column.Value(row)));
            await csv.EndRecordAsync(cancel);
            if (++written % RowsAFlush == 0) await csv.FlushAsync(cancel);
        }

        await csv.FlushAsync(cancel);
    }

    private static string? Cell(object? value) => value switch
    {
        DateTime utc => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        IFormattable some => some.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };
}

/// <summary>A column of a CSV file.</summary>
/// <param name="Value">Reads the cell of a row; times are UTC.</param>
internal sealed record CsvColumn<T>(string Name, Func<T, object?> Value);
