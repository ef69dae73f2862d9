using QuoTrading.Portal.Api.Clients;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

public sealed class SymbolFormatTests
{
    [Theory]
    [InlineData("ES", "ES")]
    [InlineData(" es\t", "ES")]
    [InlineData("M", "M")]
    [InlineData("6e", "6E")]
    [InlineData("cme:Es_z6/brk.b-x", "CME:ES_Z6/BRK.B-X")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    public void A_symbol_is_trimmed_and_upper_cased(string text, string symbol) => Assert.Equal(symbol, SymbolFormat.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("123456789012345678901")]
    [InlineData("-ES")]
    [InlineData("_ES")]
    [InlineData("E S")]
    [InlineData("E\nS")]
    [InlineData("E*S")]
    [InlineData("ES\0")]
    [InlineData("ES\u200b")]
    [InlineData("E\u00adS")]
    [InlineData("\u202eES")]
    [InlineData("\ufeffES")]
    // A Cyrillic E, a full-width E, a long s and a dotless i: the upper case of the latter two is ASCII.
    [InlineData("\u0415S")]
    [InlineData("\uff25S")]
    [InlineData("E\u017f")]
    [InlineData("\u0131")]
    [InlineData("\ud83d\ude00")]
    [InlineData("\ud800")]
    public void Anything_else_is_none(string text) => Assert.Null(SymbolFormat.Read(text));
}
