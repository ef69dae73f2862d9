using System.Text;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Decodes the bytes of a file: UTF-8 with or without a byte order mark, or UTF-16 with one.</summary>
internal static class ImportDecoder
{
    /// <returns>False if it is no such text; then <paramref name="text"/> says what to do.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        // Workbooks are zip archives; older ones are compound files.
        if (bytes is [0x50, 0x4B, 0x03, 0x04, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..])
        {
            text = "The file is a workbook or an archive, and no CSV text; open it and save it as CSV in UTF-8.";
            return false;
        }

        var (encoding, mark) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false, throwOnInvalidBytes: true), 3),
            [0xFF, 0xFE, ..] => ((Encoding)new UnicodeEncoding(bigEndian: false, false, throwOnInvalidBytes: true), 2),
            [0xFE, 0xFF, ..] => (new UnicodeEncoding(bigEndian: true, false, throwOnInvalidBytes: true), 2),
            _ => (new UTF8Encoding(false, throwOnInvalidBytes: true), 0),
        };
        try
        {
            text = encoding.GetString(bytes[mark..]);
            if (!text.Contains('\0', StringComparison.Ordinal)) return true;
            text = "The file contains zero bytes, so it is no CSV text; export it again as CSV in UTF-8.";
        }
        catch (DecoderFallbackException)
        {
            text = $"The file is not valid {(mark == 2 ? "UTF-16" : "UTF-8")} text; export it again as CSV in UTF-8.";
        }

        return false;
    }
}
