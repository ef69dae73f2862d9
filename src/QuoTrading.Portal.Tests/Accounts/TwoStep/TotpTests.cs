using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts.TwoStep;

public sealed class TotpTests
{
    // "12345678901234567890" of RFC 6238, appendix B, in Base32.
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private static readonly AuthenticatorApp App = new(Key);

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 10, TimeSpan.Zero);

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(seconds / 30, Totp.FindStep(Key, code, DateTimeOffset.FromUnixTimeSeconds(seconds), last: null));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_phone_may_be_one_step_off(int steps, bool counts) =>
        Assert.Equal(counts ? Totp.StepAt(Now) + steps : null, Totp.FindStep(Key, App.CodeAt(Now, steps), Now, last: null));

    [Fact]
    public void A_code_counts_once_and_none_before_it_does_then()
    {
        var step = Totp.StepAt(Now);
        Assert.Null(Totp.FindStep(Key, App.CodeAt(Now), Now, last: step));
        Assert.Null(Totp.FindStep(Key, App.CodeAt(Now, -1), Now, last: step));
        Assert.Equal(step + 1, Totp.FindStep(Key, App.CodeAt(Now, 1), Now, last: step));
    }

    [Fact]
    public void A_clock_that_was_years_ahead_keeps_nobody_out_once_it_is_right()
    {
        var step = Totp.StepAt(Now);
        Assert.Equal(step, Totp.FindStep(Key, App.CodeAt(Now), Now, last: Totp.StepAt(Now.AddYears(3))));
    }

    [Fact]
    public void Spaces_do_not_matter()
    {
        var code = App.CodeAt(Now);
        Assert.NotNull(Totp.FindStep(Key, $" {code[..3]} {code[3..]}\u00a0", Now, last: null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("abcdef")]
    [InlineData("１２３４５６")]
    public void What_is_no_code_is_of_no_step(string typed) => Assert.Null(Totp.FindStep(Key, typed, Now, last: null));

    [Fact]
    public void A_code_with_more_digits_is_another()
    {
        var code = App.CodeAt(Now);
        Assert.Null(Totp.FindStep(Key, code + "0", Now, last: null));
        Assert.Null(Totp.FindStep(Key, "0" + code, Now, last: null));
    }
}
