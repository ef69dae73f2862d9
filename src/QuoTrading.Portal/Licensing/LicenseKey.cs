using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// The text that a customer types or his client sends. Our own keys: 25 characters of an alphabet without look-alikes, 125 bits
/// from the system's generator, in groups of five. Imported keys keep their text.
/// </summary>
public static partial class LicenseKey
{
    /// <summary>The most characters that a key may have, here and at the wire.</summary>
    public const int MaxLength = 128;

    // Crockford's base 32: no I, L, O, U.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int GroupSymbols = 5;
    private const int Symbols = 25;
    private const int Minus = 0x2212;

    /// <summary>A new key of our own.</summary>
    public static string Create() => Group(RandomNumberGenerator.GetString(Alphabet, Symbols));

    /// <summary>As keys are compared: without what mails and messengers put into them; our own upper-cased; foreign ones to the letter.</summary>
    public static string Normalise(string key)
    {
        var clean = Clean(key);
        return OwnFormat().IsMatch(clean) ? clean.ToUpperInvariant() : clean;
    }

    /// <summary>Without blanks and characters that nobody sees, and with plain hyphens for dashes of all kinds. Other control characters stay: they are in no key.</summary>
    public static string Clean(string key)
    {
        // Nearly always there is nothing to do, and one look tells.
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

    /// <summary>A whole key of our own, however somebody wrote it down: with blanks, without hyphens, with a full stop. Else null.</summary>
    public static string? Read(string text)
    {
        var symbols = string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return symbols.Length == Symbols && Group(symbols) is var key && IsOwn(key) ? key : null;
    }

    /// <summary>
    /// Whether a text that somebody is typing has a key of our own in it, or the beginning of one, however he writes it down, and
    /// whatever else he writes: a secret already. Letters and digits must stand together, or every other name would be one.
    /// </summary>
    public static bool IsBegunIn(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Any(word => BeginningFormat().IsMatch(word))) return true;
        // Neighbours that may be parts of one key, whatever stands between them. An e-mail address is none.
        var run = "";
        foreach (var part in words.SelectMany(word => word.Contains('@') ? ["@"] : PartFormat().Split(word)))
        {
            if (part.Length == 0) continue;
            run = SymbolsFormat().IsMatch(part) ? run + part : "";
            if (run.Length >= 2 * GroupSymbols && run.Any(char.IsAsciiDigit) && run.Any(char.IsAsciiLetter)) return true;
        }

        return false;
    }

    /// <summary>The ends of what may be some groups of a key of our own, as <see cref="Mask"/> shows them; null where it is none.</summary>
    public static (string First, string Last)? EndsOf(string groups) =>
        GroupsFormat().IsMatch(groups) ? (groups[..4].ToUpperInvariant(), groups[^4..].ToUpperInvariant()) : null;

    /// <summary>Whether a text is a whole key of our own, however it is typed: such a text is a secret, wherever it turns up.</summary>
    public static bool IsOwn(string text) => OwnFormat().IsMatch(Clean(text));

    /// <summary>What people see of a key: its ends, at most a half of it.</summary>
    public static string Mask(string key)
    {
        var shown = Math.Min(4, key.Length / 4);
        return shown == 0 ? "…" : $"{key[..shown]}-…-{key[^shown..]}";
    }

    private static string Group(string symbols) => string.Join('-', symbols.Chunk(GroupSymbols).Select(group => new string(group)));

    // None of these can take long, whatever the text; a limit would only fail who is held up in the middle of a match.
    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex OwnFormat();

    // Wider than the alphabet: keys that were imported have groups of five as well.
    [GeneratedRegex("^[0-9A-Z]{5}(-[0-9A-Z]{5}){0,3}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex GroupsFormat();

    [GeneratedRegex("^[0-9A-Z]{5}-[0-9A-Z]{5}(-[0-9A-Z]{0,5}){0,3}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex BeginningFormat();

    [GeneratedRegex("[^0-9A-Za-z]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex PartFormat();

    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex SymbolsFormat();
}

/// <summary>SHA-256 of a normalised key: what a license is found by.</summary>
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

    /// <summary>Any part of a SHA-256 is as good a hash as one could compute.</summary>
    public override int GetHashCode() => (int)(ulong)Low;

    public byte[] ToBytes()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(hash, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(hash.AsSpan(16), Low);
        return hash;
    }
}
