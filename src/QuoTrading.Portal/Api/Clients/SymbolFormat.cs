using System.Buffers;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// What a client may call a symbol: <c>[A-Z0-9][A-Z0-9._/:-]{0,19}</c>. A device joins a seat by a symbol that nobody else there trades,
/// so <c>es</c>, <c>" ES"</c> and an ES with something invisible in it must not be three.
/// </summary>
internal static class SymbolFormat
{
    /// <summary>The most characters.</summary>
    public const int MostLength = 20;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:-");

    /// <summary>Trimmed and upper-cased; null where that is no symbol.</summary>
    public static string? Read(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > MostLength) return null;
        Span<char> upper = stackalloc char[MostLength];
        // ASCII alone: other letters have upper cases among it.
        for (var i = 0; i < trimmed.Length; i++) upper[i] = char.IsAsciiLetterLower(trimmed[i]) ? (char)(trimmed[i] & ~0x20) : trimmed[i];
        upper = upper[..trimmed.Length];
        if (!char.IsAsciiLetterOrDigit(upper[0]) || upper.ContainsAnyExcept(Allowed)) return null;
        return upper.SequenceEqual(text) ? text : new string(upper);
    }
}
