using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts.TwoStep;

/// <summary>Signing in in two steps by HTTP, as browsers do it.</summary>
public sealed class TwoStepTests : TwoStepTest
{
    [Fact]
    public async Task The_password_leads_to_the_code_and_the_code_to_where_one_wanted()
    {
        await TurnOnAsync();
        var browser = Open();
        Assert.Equal("/sign-in/code?ReturnUrl=%2Fsettings", Path(await FirstStepAsync(browser, "?ReturnUrl=%2Fsettings")));
        Assert.Equal("/sign-in", (await browser.OpenAsync("/settings")).Headers.Location!.AbsolutePath);
        var code = App.CodeAt(Server.Time.Now);
        Assert.Equal("/settings", Path(await CodeAsync(browser, $"{code[..3]} {code[3..]}", CodePage + "?ReturnUrl=%2Fsettings")));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/settings")).StatusCode);

        // The first step is used up with the second.
        Assert.StartsWith("/sign-in?begin=again", Path(await browser.OpenAsync(CodePage)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_leads_to_no_other_site()
    {
        await TurnOnAsync();
        var browser = Open();
        Assert.Equal(CodePage, Path(await FirstStepAsync(browser, "?ReturnUrl=%2F%2Fevil.example")));
        Assert.Equal("/", Path(await CodeAsync(browser, App.CodeAt(Server.Time.Now), CodePage + "?ReturnUrl=%2F%2Fevil.example")));
    }

    [Theory]
    [InlineData(CodePage)]
    [InlineData(RecoveryPage)]
    public async Task Without_the_first_step_there_is_no_second(string page)
    {
        await TurnOnAsync();
        Assert.Equal("/sign-in?begin=again&ReturnUrl=%2Fsettings", Path(await Open().OpenAsync(page + "?ReturnUrl=%2Fsettings")));

        // A form's token is every page's: posting without a first step is no way in either, and no try at the code.
        var browser = Open();
        Assert.Equal("/sign-in?begin=again", Path(await browser.SubmitAsync("/sign-in", page, "second-step", ("Code", page == CodePage ? App.CodeAt(Server.Time.Now) : RecoveryCodes[0]))));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/online")).StatusCode);
        Assert.DoesNotContain("account.sign_in_failed", await ActionsAsync());
    }

    [Fact]
    public async Task A_code_is_accepted_once()
    {
        var (shown, sealedKey) = await ShowKeyAsync();
        await OnAsync(shown, sealedKey);
        var first = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(first, shown.CodeAt(Server.Time.Now))), StringComparison.Ordinal);
        Server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", Path(await CodeAsync(first, shown.CodeAt(Server.Time.Now))));
        var second = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(second, shown.CodeAt(Server.Time.Now))), StringComparison.Ordinal);
        Server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", Path(await CodeAsync(second, shown.CodeAt(Server.Time.Now))));
    }

    [Fact]
    public async Task Of_several_who_send_one_code_at_once_one_gets_in()
    {
        await TurnOnAsync();
        Assert.Equal(1, await CountSignedInAsync(CodePage, App.CodeAt(Server.Time.Now)));
    }

    [Fact]
    public async Task Of_several_who_send_one_recovery_code_at_once_one_gets_in()
    {
        await TurnOnAsync();
        Assert.Equal(1, await CountSignedInAsync(RecoveryPage, RecoveryCodes[3]));
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once_however_it_is_typed()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        Assert.Equal("/", Path(await CodeAsync(browser, $" {RecoveryCodes[0].ToLowerInvariant().Replace('-', ' ')} ", RecoveryPage)));
        Assert.Contains("You have 9 recovery codes left.", await ReadAsync(browser, "/account"), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), RecoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        for (var i = 1; i <= 7; i++) Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), RecoveryCodes[i], RecoveryPage)));
        var html = await ReadAsync(browser, "/account");
        Assert.Contains("You have 2 recovery codes left.", html, StringComparison.Ordinal);
        Assert.Contains("Make new ones", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_of_one_kind_are_not_of_the_other()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(browser, RecoveryCodes[0])), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(browser, App.CodeAt(Server.Time.Now), RecoveryPage)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_and_the_right_password_between_them_does_not_help()
    {
        await TurnOnAsync();
        for (var failure = 0; failure < SignInService.FailuresUntilLockOut; failure++)
            Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), App.WrongAt(Server.Time.Now))), StringComparison.Ordinal);
        Assert.NotNull((await FindAsync()).LockoutEnd);

        // Neither the one step nor the other says that it is right.
        var unknown = Open();
        var refused = Alert(await ReadAsync(await unknown.SubmitAsync("/sign-in", "sign-in", ("Email", "nobody@example.com"), ("Password", Password))));
        Assert.Equal(refused, Alert(await ReadAsync(await FirstStepAsync(Open()))));
        Assert.Equal(SignInService.FailuresUntilLockOut + 2, (await ActionsAsync()).Count(action => action == "account.sign_in_failed"));
    }

    [Fact]
    public async Task Who_is_locked_out_between_the_steps_gets_the_answer_of_a_wrong_code()
    {
        await TurnOnAsync();
        var waiting = await HalfSignedInAsync();
        var wrong = Alert(await ReadAsync(await CodeAsync(waiting, App.WrongAt(Server.Time.Now))));
        for (var failure = 0; failure < SignInService.FailuresUntilLockOut; failure++)
            await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"));
        Assert.Equal(wrong, Alert(await ReadAsync(await CodeAsync(waiting, App.CodeAt(Server.Time.Now)))));
        Assert.Equal(wrong, Alert(await ReadAsync(await CodeAsync(waiting, RecoveryCodes[0], RecoveryPage))).Replace("Each recovery code works once.", "Each code works once: wait for the next one.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Codes_and_passwords_share_the_tries_of_an_address()
    {
        await TurnOnAsync();
        var waiting = await HalfSignedInAsync();
        var limit = Server.Services.GetRequiredService<SignInLimit>();
        while (limit.Take("127.0.0.1")) { }
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(waiting, App.CodeAt(Server.Time.Now))), StringComparison.Ordinal);
        Assert.DoesNotContain("account.sign_in_failed", await ActionsAsync());
    }

    [Fact]
    public async Task Who_has_not_the_password_does_not_learn_of_the_second_step()
    {
        var before = Alert(await ReadAsync(await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"))));
        await TurnOnAsync();
        var answer = await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"));
        Assert.Equal(before, Alert(await ReadAsync(answer)));
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith(TwoFactorPending.Cookie, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_first_step_lasts_five_minutes_however_often_one_looks()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        Server.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(CodePage)).StatusCode);
        Server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("/sign-in?begin=again", Path(await browser.OpenAsync(CodePage)));
    }

    [Fact]
    public async Task The_first_step_ends_with_a_reset()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        await Server.Services.GetRequiredService<PeopleService>().ResetTwoStepAsync(PortalServer.Admin, (await FindAsync()).Id);
        Assert.Equal("/sign-in?begin=again", Path(await browser.OpenAsync(CodePage)));
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
    }

    [Fact]
    public async Task Its_cookie_is_for_these_pages_alone_and_not_for_scripts()
    {
        await TurnOnAsync();
        var cookie = Assert.Single((await FirstStepAsync(Open())).Headers.GetValues("Set-Cookie"), text => text.StartsWith(TwoFactorPending.Cookie + "=", StringComparison.Ordinal));
        Assert.Contains("path=/sign-in;", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_another_key_ring_encrypted_lets_nobody_in_and_a_reset_helps()
    {
        await TurnOnAsync();
        await using (var db = OpenContext()) await db.UserTokens.ExecuteUpdateAsync(set => set.SetProperty(token => token.Value, "of-another-ring"));
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), App.CodeAt(Server.Time.Now))), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), RecoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        Assert.IsType<PersonOutcome.Done>(await Server.Services.GetRequiredService<PeopleService>().ResetTwoStepAsync(PortalServer.Admin, (await FindAsync()).Id));
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
    }

    private async Task<int> CountSignedInAsync(string page, string code)
    {
        var waiting = new List<Browser>();
        for (var i = 0; i < SignInService.FailuresUntilLockOut; i++) waiting.Add(await HalfSignedInAsync());
        var answers = await Task.WhenAll(waiting.Select(browser => CodeAsync(browser, code, page)));
        return answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect && Path(answer) == "/");
    }
}
