using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts.TwoStep;

/// <summary>What people do about their own two-step sign-in, by HTTP.</summary>
public sealed class TwoStepAccountTests : TwoStepTest
{
    [Fact]
    public async Task It_is_on_once_the_password_and_a_code_of_the_app_were_typed_and_not_before()
    {
        var (shown, sealedKey) = await ShowKeyAsync();
        Assert.Contains("The current password is wrong", await OnAsync(shown, sealedKey, password: "not my password"), StringComparison.Ordinal);
        Assert.Contains("This is not what the app shows", await OnAsync(shown, sealedKey, code: shown.WrongAt(Server.Time.Now)), StringComparison.Ordinal);
        Assert.Contains("has changed since", await OnAsync(shown, "not sealed"), StringComparison.Ordinal);
        Assert.False((await FindAsync()).TwoFactorEnabled);
        await using (var db = OpenContext()) Assert.Empty(await db.UserTokens.ToListAsync());
        Assert.Equal("/", Path(await FirstStepAsync(Open())));

        var codes = AuthenticatorApp.ReadRecoveryCodes(await OnAsync(shown, sealedKey));
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.True((await FindAsync()).TwoFactorEnabled);
        Assert.Contains("You have 10 recovery codes left.", await ReadAsync(Owner, "/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_shown_to_somebody_else_is_not_taken()
    {
        await using (var scope = Server.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, "other@example.com", Password, PortalRole.Viewer);
        var (shown, sealedKey) = await ShowKeyAsync();
        var other = Open();
        await other.SubmitAsync("/sign-in", "sign-in", ("Email", "other@example.com"), ("Password", Password));
        var html = await ReadAsync(await other.SubmitAsync("/account/two-step", "two-step", ("SealedKey", sealedKey), ("Password", Password), ("Code", shown.CodeAt(Server.Time.Now))));
        Assert.Contains("has changed since", html, StringComparison.Ordinal);
        Assert.NotEqual(shown, AuthenticatorApp.Read(html).App);
    }

    [Fact]
    public async Task Each_change_signs_the_other_browsers_out_and_leaves_this_one()
    {
        var other = Open();
        await FirstStepAsync(other);
        await TurnOnAsync();
        Server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Redirect, (await other.OpenAsync("/online")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Owner.OpenAsync("/online")).StatusCode);

        other = await HalfSignedInAsync();
        await CodeAsync(other, App.CodeAt(Server.Time.Now));
        var made = AuthenticatorApp.ReadRecoveryCodes(await ReadAsync(await Owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", Password))));
        Assert.Equal(10, made.Except(RecoveryCodes, StringComparer.Ordinal).Count());
        Server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Redirect, (await other.OpenAsync("/online")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Owner.OpenAsync("/online")).StatusCode);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), RecoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), made[0], RecoveryPage)));
    }

    [Fact]
    public async Task New_recovery_codes_need_the_password()
    {
        await TurnOnAsync();
        Assert.Contains("The current password is wrong", await ReadAsync(await Owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", "not my password"))), StringComparison.Ordinal);
        Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), RecoveryCodes[0], RecoveryPage)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turning_it_off_needs_the_password_and_a_code_of_either_kind(bool byRecoveryCode)
    {
        await TurnOnAsync();
        var code = byRecoveryCode ? RecoveryCodes[0] : App.CodeAt(Server.Time.Now);
        Assert.Contains("The current password is wrong", await OffAsync("not my password", code), StringComparison.Ordinal);
        Assert.Contains("This code is wrong", await OffAsync(Password, App.WrongAt(Server.Time.Now)), StringComparison.Ordinal);
        Assert.Contains("This code is wrong", await OffAsync(Password, "AAAAA-AAAAA"), StringComparison.Ordinal);
        Assert.True((await FindAsync()).TwoFactorEnabled);
        await OffAsync(Password, code);
        Assert.False((await FindAsync()).TwoFactorEnabled);
        await using var db = OpenContext();
        Assert.Empty(await db.UserTokens.ToListAsync());
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
        Assert.Equal(HttpStatusCode.OK, (await Owner.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Who_found_an_unlocked_screen_does_not_guess_without_end()
    {
        await TurnOnAsync();
        for (var failure = 0; failure < SignInService.FailuresUntilLockOut; failure++) await OffAsync(Password, App.WrongAt(Server.Time.Now));
        Assert.Contains("wait five minutes", await OffAsync(Password, App.CodeAt(Server.Time.Now)), StringComparison.Ordinal);
        Assert.True((await FindAsync()).TwoFactorEnabled);
    }

    [Fact]
    public async Task Everything_is_audited_and_no_secret_is()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        await CodeAsync(browser, App.WrongAt(Server.Time.Now));
        await CodeAsync(browser, RecoveryCodes[0], RecoveryPage);
        await Owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", Password));
        await OffAsync(Password, App.CodeAt(Server.Time.Now));
        await using var db = OpenContext();
        var rows = await db.AuditEntries.OrderBy(entry => entry.Id).ToListAsync();
        Assert.Equal(["account.setup", "account.sign_in", "account.two_step_on", "account.sign_in_failed", "account.sign_in", "account.two_step_codes", "account.two_step_off"], rows.Select(row => row.Action));
        Assert.Equal("The password was right, the second step was not.", rows[3].Reason);
        Assert.Equal("With a recovery code.", rows[4].Reason);
        Assert.All(rows, row => Assert.Equal((Email, "127.0.0.1"), (row.Target, row.Address)));
        var text = string.Join('\n', rows.Select(row => $"{row.Reason} {row.Before} {row.After}"));
        Assert.All([Bare(App.Key), App.CodeAt(Server.Time.Now), .. RecoveryCodes], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stolen_database_shows_neither_the_key_nor_the_codes()
    {
        await TurnOnAsync();
        await using var db = OpenContext();
        var stored = await db.UserTokens.Select(token => token.Value).ToListAsync();
        Assert.Equal(3, stored.Count);
        Assert.All(stored, value => Assert.DoesNotContain(Bare(App.Key), value, StringComparison.Ordinal));
        Assert.All(RecoveryCodes, code => Assert.DoesNotContain(stored, value => value!.Contains(code, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/account/two-step")]
    [InlineData("/account/recovery-codes")]
    [InlineData(CodePage)]
    public async Task Pages_with_secrets_are_kept_nowhere(string page)
    {
        var browser = Owner;
        if (page != "/account/two-step") await TurnOnAsync();
        if (page == CodePage) browser = await HalfSignedInAsync();
        var answer = await browser.OpenAsync(page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task While_the_database_cannot_be_written_nothing_is_half_done()
    {
        var (shown, sealedKey) = await ShowKeyAsync();
        await using (var holder = new SqliteConnection($"Data Source={Server.Services.GetRequiredService<SqliteDatabase>().FilePath};Pooling=False"))
        {
            await holder.OpenAsync();
            await using var held = holder.BeginTransaction(deferred: false);
            Assert.Contains("Nothing was changed", await OnAsync(shown, sealedKey), StringComparison.Ordinal);
        }

        Assert.False((await FindAsync()).TwoFactorEnabled);
        Assert.Equal(10, AuthenticatorApp.ReadRecoveryCodes(await OnAsync(shown, sealedKey)).Count);
    }
}
