using System.Buffers;
using System.Text;
using System.Text.Json;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Removes invisible characters from the names and strings of the object <c>metadata</c>.</summary>
internal static class MetadataText
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([(byte)'\t', (byte)'\n', (byte)'\r', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(value => (byte)value).Where(value => value != (byte)'\\')]);

    /// <param name="json">A well-formed object.</param>
    /// <returns>The same JSON; only names and strings that lost a character are rewritten.</returns>
    public static string Read(ReadOnlySpan<byte> json)
    {
        // Printable ASCII without an escape has no invisible characters, and nearly all metadata is like that.
        if (!json.ContainsAnyExcept(Plain)) return Encoding.UTF8.GetString(json);
        var clean = new StringBuilder(json.Length);
        var reader = new Utf8JsonReader(json);
        var copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String)) continue;
            var text = TextOf(ref reader);
            var seen = InvisibleText.Drop(text);
            if (ReferenceEquals(seen, text)) continue;
            var start = (int)reader.TokenStartIndex;
            clean.Append(Encoding.UTF8.GetString(json[copied..start])).Append('"').Append(Escape(seen)).Append('"');
            copied = start + reader.ValueSpan.Length + 2;
        }

        return clean.Append(Encoding.UTF8.GetString(json[copied..])).ToString();
    }

    // Control characters are already removed, so JSON requires an escape only for these two.
    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped unpaired surrogate: valid JSON, but not valid text.
            return Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private static string Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != '\\')
            {
                text.Append(escaped[at]);
                continue;
            }

            var what = escaped[++at];
            if (what == 'u')
            {
                text.Append((char)Convert.ToUInt16(escaped.Substring(at + 1, 4), 16));
                at += 4;
            }
            else if (what is '"' or '\\' or '/')
            {
                text.Append(what);
            }

            // The other escapes are control characters, which are dropped.
        }

        return text.ToString();
    }
}
