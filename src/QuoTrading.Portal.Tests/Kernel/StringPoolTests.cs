using QuoTrading.Portal.Kernel;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

/// <summary>Equal texts of many sessions are one in memory, and hostile clients cannot fill that memory.</summary>
public sealed class StringPoolTests
{
    [Fact]
    public void Equal_texts_are_one_object_until_there_are_too_many()
    {
        Assert.Null(StringPool.Share(null));
        var first = StringPool.Share(Make("version 1"));
        Assert.Equal("version 1", first);
        Assert.Same(first, StringPool.Share(Make("version 1")));

        for (var i = 0; i < 10_000; i++)
        {
            var other = Make($"hostile {i}");
            Assert.Equal(other, StringPool.Share(other));
        }

        var (one, equal) = (Make("too late"), Make("too late"));
        Assert.Same(one, StringPool.Share(one));
        Assert.Same(equal, StringPool.Share(equal));
        Assert.Same(first, StringPool.Share(Make("version 1")));
    }

    [Fact]
    public void A_long_text_is_nobodys_but_its_sessions()
    {
        var (one, equal) = (new string('x', 65), new string('x', 65));
        Assert.Same(one, StringPool.Share(one));
        Assert.Same(equal, StringPool.Share(equal));
    }

    // Never the same object twice, as texts from the wire are.
    private static string Make(string text) => new(text.AsSpan());
}
