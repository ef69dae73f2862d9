using System.Buffers;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// The format of a symbol: <c>[A-Z0-9][A-Z0-9._/:-]{0,19}</c>. A device joins a seat only if no other device there trades its symbol, so
/// <c>es</c>, <c>" ES"</c> and an ES with an invisible character must not be three symbols.
/// </summary>
internal static class SymbolFormat
{
    /// <summary>In characters.</summary>
    public const int MostLength = 20;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:-");

    /// <summary>Trims and upper-cases the text; null if the result is not a symbol.</summary>
    public static string? Read(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > MostLength) return null;
        Span<char> upper = stackalloc char[MostLength];
        // Only ASCII letters: some others have an ASCII letter as their upper case.
        for (var i = 0; i < trimmed.Length; i++) upper[i] = char.IsAsciiLetterLower(trimmed[i]) ? (char)(trimmed[i] & ~0x20) : trimmed[i];
        upper = upper[..trimmed.Length];
        if (!char.IsAsciiLetterOrDigit(upper[0]) || upper.ContainsAnyExcept(Allowed)) return null;
        return upper.SequenceEqual(text) ? text : new string(upper);
    }
}
