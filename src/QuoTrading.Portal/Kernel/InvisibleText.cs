using System.Globalization;
using System.Text;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Invisible characters, which make one text look like another, or reverse the text beside them: control, format and bidi characters,
/// line and paragraph separators, and letters and marks without a width.
/// </summary>
internal static class InvisibleText
{
    /// <summary>
    /// Removes invisible characters and unpaired surrogates. Returns the same object if there are none; fast for printable ASCII.
    /// </summary>
    public static string Drop(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        StringBuilder? seen = null;
        for (var at = 0; at < text.Length;)
        {
            var isRune = Rune.TryGetRuneAt(text, at, out var rune);
            var length = isRune ? rune.Utf16SequenceLength : 1;
            if (isRune && !Is(rune)) seen?.Append(text, at, length);
            else seen ??= new StringBuilder(text, 0, at, text.Length);
            at += length;
        }

        return seen?.ToString() ?? text;
    }

    public static bool Is(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || IsWithoutWidth(rune.Value);

    // The code points with the Unicode property Default_Ignorable_Code_Point that are not format characters.
    private static bool IsWithoutWidth(int value) => value switch
    {
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2065 or 0x3164 or 0xFFA0 => true,
        >= 0x180B and <= 0x180F => true,
        >= 0xFE00 and <= 0xFE0F => true,
        >= 0xFFF0 and <= 0xFFF8 => true,
        >= 0xE0000 and <= 0xE0FFF => true,
        _ => false,
    };
}
