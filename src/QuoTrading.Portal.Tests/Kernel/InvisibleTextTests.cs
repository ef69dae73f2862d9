using System.Text;
using QuoTrading.Portal.Kernel;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

public sealed class InvisibleTextTests
{
    [Theory]
    [InlineData("tower", "tower")]
    [InlineData(" PC of Ada ", " PC of Ada ")]
    [InlineData("Büro 東京 \ud83d\ude00", "Büro 東京 \ud83d\ude00")]
    [InlineData("a\0b\tc\nd\u007fe\u0085f", "abcdef")]
    [InlineData("a\u00adb\u200bc\u200dd\u2060e\ufefff\u180eg", "abcdefg")]
    [InlineData("\u202etxt.exe\u202c \u2066x\u2069\u200f", "txt.exe x")]
    [InlineData("a\u2028b\u2029c", "abc")]
    [InlineData("a\u034fb\u115fc\u1160d\u3164e\uffa0f\ufe0fg\u17b4h", "abcdefgh")]
    [InlineData("a\udb40\udc41b\ud834\udd73c", "abc")]
    [InlineData("\u200b\u200b", "")]
    [InlineData("", "")]
    public void What_nobody_sees_is_dropped(string text, string seen) => Assert.Equal(seen, InvisibleText.Drop(text));

    [Fact]
    public void Halves_of_surrogate_pairs_are_dropped()
    {
        Assert.Equal("ab", InvisibleText.Drop("a\ud800b"));
        Assert.Equal("ab", InvisibleText.Drop("ab\udc00"));
        Assert.Equal("\ud83d\ude00", InvisibleText.Drop("\ud83d\ud83d\ude00\ude00"));
    }

    [Fact]
    public void A_text_without_it_is_the_same_object()
    {
        foreach (var text in new[] { "tower", "Büro" })
            Assert.Same(text, InvisibleText.Drop(text));
    }

    [Fact]
    public void No_two_characters_of_whatever_kind_make_it_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(6)).Select(_ => (char)random.Next(0x10000))]);
            var seen = InvisibleText.Drop(text);
            Assert.Equal(seen, InvisibleText.Drop(seen));
            Assert.All(seen.EnumerateRunes(), rune => Assert.False(InvisibleText.Is(rune)));
        }

        Assert.True(InvisibleText.Is(new Rune('\u200b')));
    }
}
