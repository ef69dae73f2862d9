using QuoTrading.Portal.Licensing;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData(" Anna@Example.COM ", "anna@example.com")]
    [InlineData("a+b@c.d", "a+b@c.d")]
    [InlineData("a@b", "a@b")]
    public void An_address_is_trimmed_and_lower_cased(string text, string normal)
    {
        Assert.True(EmailAddress.TryNormalise(text, out var result));
        Assert.Equal(normal, result);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("nobody")]
    [InlineData("@example.com")]
    [InlineData("a@")]
    [InlineData("a@b@c")]
    [InlineData("Anna <anna@example.com>")]
    [InlineData("a@b.c, d@e.f")]
    [InlineData("a\u0000@b.c")]
    [InlineData("a@b.c\nd")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(EmailAddress.TryNormalise(text, out _));

    [Fact]
    public void An_address_may_have_254_characters_and_no_more()
    {
        var longest = new string('a', 254 - "@example.com".Length) + "@example.com";
        Assert.True(EmailAddress.TryNormalise(longest, out _));
        Assert.False(EmailAddress.TryNormalise("a" + longest, out _));
    }
}
