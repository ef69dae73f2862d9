using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// The text that a customer types or a client sends. Our own keys: 25 characters of an alphabet without look-alikes, 125 bits
/// from the system's random generator, in groups of five. Imported keys keep their text.
/// </summary>
public static partial class LicenseKey
{
    /// <summary>The most characters that a key may have, here and on the wire.</summary>
    public const int MaxLength = 128;

    // Crockford's base 32: no I, L, O, U.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int GroupSymbols = 5;
    private const int Symbols = 25;
    private const int Minus = 0x2212;

    /// <summary>A new key of our own.</summary>
    public static string Create() => Group(RandomNumberGenerator.GetString(Alphabet, Symbols));

    /// <summary>
    /// The form in which keys are compared: without what mail programs and messengers insert. Our own keys are upper-cased; foreign ones
    /// are not.
    /// </summary>
    public static string Normalise(string key)
    {
        var clean = Clean(key);
        return OwnFormat().IsMatch(clean) ? clean.ToUpperInvariant() : clean;
    }

    /// <summary>
    /// Removes blanks and invisible characters, and replaces dashes of all kinds by hyphens. Other control characters stay: they are in no
    /// key.
    /// </summary>
    public static string Clean(string key)
    {
        // Nearly always there is nothing to do, and one scan is enough to see it.
        if (!key.AsSpan().ContainsAnyExceptInRange('!', '~')) return key;
        var clean = new StringBuilder(key.Length);
        foreach (var rune in key.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || (InvisibleText.Is(rune) && !Rune.IsControl(rune))) continue;
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation || rune.Value == Minus) clean.Append('-');
            else clean.Append(rune);
        }

        return clean.ToString();
    }

    /// <summary>A whole key of our own, in any spelling: with blanks, without hyphens, with a full stop. Otherwise null.</summary>
    public static string? Read(string text)
    {
        var symbols = string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return symbols.Length == Symbols && Group(symbols) is var key && IsOwn(key) ? key : null;
    }

    /// <summary>
    /// Whether a text that a person is typing contains a key of our own or the beginning of one, in any spelling and among other words:
    /// then it is a secret already. Without hyphenated groups of five it must have both letters and digits, or many names would match.
    /// </summary>
    public static bool IsBegunIn(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Any(word => BeginningFormat().IsMatch(word))) return true;
        // Joins neighbours that may be parts of one key, whatever separates them. An e-mail address is no such part.
        var run = "";
        foreach (var part in words.SelectMany(word => word.Contains('@') ? ["@"] : PartFormat().Split(word)))
        {
            if (part.Length == 0) continue;
            run = SymbolsFormat().IsMatch(part) ? run + part : "";
            if (run.Length >= 2 * GroupSymbols && run.Any(char.IsAsciiDigit) && run.Any(char.IsAsciiLetter)) return true;
        }

        return false;
    }

    /// <summary>The ends of what may be groups of a key of our own, as <see cref="Mask"/> shows them; null for any other text.</summary>
    public static (string First, string Last)? EndsOf(string groups) =>
        GroupsFormat().IsMatch(groups) ? (groups[..4].ToUpperInvariant(), groups[^4..].ToUpperInvariant()) : null;

    /// <summary>Whether a text is a whole key of our own, in upper or lower case, with blanks or dashes. Such a text is a secret.</summary>
    public static bool IsOwn(string text) => OwnFormat().IsMatch(Clean(text));

    /// <summary>The part of a key that people see: its ends, at most a half of it.</summary>
    public static string Mask(string key)
    {
        var shown = Math.Min(4, key.Length / 4);
        return shown == 0 ? "…" : $"{key[..shown]}-…-{key[^shown..]}";
    }

    private static string Group(string symbols) => string.Join('-', symbols.Chunk(GroupSymbols).Select(group => new string(group)));

    // None of these patterns can take long, whatever the text. A timeout would only fail a thread that is suspended during a match.
    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex OwnFormat();

    // Wider than the alphabet: imported keys have groups of five as well.
    [GeneratedRegex("^[0-9A-Z]{5}(-[0-9A-Z]{5}){0,3}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex GroupsFormat();

    [GeneratedRegex("^[0-9A-Z]{5}-[0-9A-Z]{5}(-[0-9A-Z]{0,5}){0,3}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex BeginningFormat();

    [GeneratedRegex("[^0-9A-Za-z]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex PartFormat();

    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex SymbolsFormat();
}

/// <summary>SHA-256 of a normalised key, by which a license is found.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyHash(UInt128 High, UInt128 Low)
{
    public static KeyHash Of(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(LicenseKey.Normalise(key)), hash);
        return FromBytes(hash);
    }

    public static KeyHash FromBytes(ReadOnlySpan<byte> hash) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));

    /// <summary>Any part of a SHA-256 is a good hash code already.</summary>
    public override int GetHashCode() => (int)(ulong)Low;

    public byte[] ToBytes()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(hash, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(hash.AsSpan(16), Low);
        return hash;
    }
}
