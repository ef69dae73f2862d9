using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

/// <summary>Two-step sign-in by HTTP, as browsers do it, with the clock in hand.</summary>
public sealed class TwoStepTests : IAsyncLifetime
{
    private const string Email = "owner@example.com", Password = "correct horse battery", CodePage = "/sign-in/code", RecoveryPage = "/sign-in/recovery-code";

    private readonly List<Browser> browsers = [];
    private PortalServer server = null!;
    private Browser owner = null!;
    private AuthenticatorApp app = null!;
    private IReadOnlyList<string> recoveryCodes = [];

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:KnownProxies:0"] = "127.0.0.1" });
        owner = Open();
        await owner.SubmitAsync($"/setup?code={server.Services.GetRequiredService<SetupCode>().Text}", "setup", ("Email", Email), ("Password", Password), ("Again", Password));
    }

    public async ValueTask DisposeAsync()
    {
        browsers.ForEach(browser => browser.Dispose());
        await server.DisposeAsync();
    }

    [Fact]
    public async Task It_is_on_once_the_password_and_a_code_of_the_app_were_typed_and_not_before()
    {
        var (shown, sealedKey) = await ShowKeyAsync();
        Assert.Contains("The current password is wrong", await OnAsync(shown, sealedKey, password: "not my password"), StringComparison.Ordinal);
        Assert.Contains("This is not what the app shows", await OnAsync(shown, sealedKey, code: shown.WrongAt(server.Time.Now)), StringComparison.Ordinal);
        Assert.Contains("has changed since", await OnAsync(shown, "not sealed"), StringComparison.Ordinal);
        Assert.False((await FindAsync()).TwoFactorEnabled);
        await using (var db = OpenContext()) Assert.Empty(await db.UserTokens.ToListAsync());
        Assert.Equal("/", Path(await FirstStepAsync(Open())));

        var codes = AuthenticatorApp.ReadRecoveryCodes(await OnAsync(shown, sealedKey));
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.True((await FindAsync()).TwoFactorEnabled);
        Assert.Contains("You have 10 recovery codes left.", await ReadAsync(owner, "/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_shown_to_somebody_else_is_not_taken()
    {
        await using (var scope = server.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, "other@example.com", Password, PortalRole.Viewer);
        var (shown, sealedKey) = await ShowKeyAsync();
        var other = Open();
        await other.SubmitAsync("/sign-in", "sign-in", ("Email", "other@example.com"), ("Password", Password));
        var html = await ReadAsync(await other.SubmitAsync("/account/two-step", "two-step", ("SealedKey", sealedKey), ("Password", Password), ("Code", shown.CodeAt(server.Time.Now))));
        Assert.Contains("has changed since", html, StringComparison.Ordinal);
        Assert.NotEqual(shown, AuthenticatorApp.Read(html).App);
    }

    [Fact]
    public async Task The_password_leads_to_the_code_and_the_code_to_where_one_wanted()
    {
        await TurnOnAsync();
        var browser = Open();
        Assert.Equal("/sign-in/code?ReturnUrl=%2Fsettings", Path(await FirstStepAsync(browser, "?ReturnUrl=%2Fsettings")));
        Assert.Equal("/sign-in", (await browser.OpenAsync("/settings")).Headers.Location!.AbsolutePath);
        var code = app.CodeAt(server.Time.Now);
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
        Assert.Equal("/", Path(await CodeAsync(browser, app.CodeAt(server.Time.Now), CodePage + "?ReturnUrl=%2F%2Fevil.example")));
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
        Assert.Equal("/sign-in?begin=again", Path(await browser.SubmitAsync("/sign-in", page, "second-step", ("Code", page == CodePage ? app.CodeAt(server.Time.Now) : recoveryCodes[0]))));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/online")).StatusCode);
        Assert.DoesNotContain("account.sign_in_failed", await ActionsAsync());
    }

    [Fact]
    public async Task A_code_is_accepted_once()
    {
        var (shown, sealedKey) = await ShowKeyAsync();
        await OnAsync(shown, sealedKey);
        app = shown;
        var first = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(first, app.CodeAt(server.Time.Now))), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", Path(await CodeAsync(first, app.CodeAt(server.Time.Now))));
        var second = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(second, app.CodeAt(server.Time.Now))), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", Path(await CodeAsync(second, app.CodeAt(server.Time.Now))));
    }

    [Fact]
    public async Task Of_several_who_send_one_code_at_once_one_gets_in()
    {
        await TurnOnAsync();
        Assert.Equal(1, await CountSignedInAsync(CodePage, app.CodeAt(server.Time.Now)));
    }

    [Fact]
    public async Task Of_several_who_send_one_recovery_code_at_once_one_gets_in()
    {
        await TurnOnAsync();
        Assert.Equal(1, await CountSignedInAsync(RecoveryPage, recoveryCodes[3]));
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once_however_it_is_typed()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        Assert.Equal("/", Path(await CodeAsync(browser, $" {recoveryCodes[0].ToLowerInvariant().Replace('-', ' ')} ", RecoveryPage)));
        Assert.Contains("You have 9 recovery codes left.", await ReadAsync(browser, "/account"), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), recoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        for (var i = 1; i <= 7; i++) Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), recoveryCodes[i], RecoveryPage)));
        var html = await ReadAsync(browser, "/account");
        Assert.Contains("You have 2 recovery codes left.", html, StringComparison.Ordinal);
        Assert.Contains("Make new ones", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_of_one_kind_are_not_of_the_other()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(browser, recoveryCodes[0])), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(browser, app.CodeAt(server.Time.Now), RecoveryPage)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_and_the_right_password_between_them_does_not_help()
    {
        await TurnOnAsync();
        for (var failure = 0; failure < SignInDesk.FailuresUntilLockOut; failure++)
            Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), app.WrongAt(server.Time.Now))), StringComparison.Ordinal);
        Assert.NotNull((await FindAsync()).LockoutEnd);

        // Neither the one step nor the other says that it is right.
        var unknown = Open();
        var refused = Alert(await ReadAsync(await unknown.SubmitAsync("/sign-in", "sign-in", ("Email", "nobody@example.com"), ("Password", Password))));
        Assert.Equal(refused, Alert(await ReadAsync(await FirstStepAsync(Open()))));
        Assert.Equal(SignInDesk.FailuresUntilLockOut + 2, (await ActionsAsync()).Count(action => action == "account.sign_in_failed"));
    }

    [Fact]
    public async Task Who_is_locked_out_between_the_steps_gets_the_answer_of_a_wrong_code()
    {
        await TurnOnAsync();
        var waiting = await HalfSignedInAsync();
        var wrong = Alert(await ReadAsync(await CodeAsync(waiting, app.WrongAt(server.Time.Now))));
        for (var failure = 0; failure < SignInDesk.FailuresUntilLockOut; failure++)
            await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"));
        Assert.Equal(wrong, Alert(await ReadAsync(await CodeAsync(waiting, app.CodeAt(server.Time.Now)))));
        Assert.Equal(wrong, Alert(await ReadAsync(await CodeAsync(waiting, recoveryCodes[0], RecoveryPage))).Replace("Each recovery code works once.", "Each code works once: wait for the next one.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Codes_and_passwords_share_the_tries_of_an_address()
    {
        await TurnOnAsync();
        var waiting = await HalfSignedInAsync();
        var limit = server.Services.GetRequiredService<SignInLimit>();
        while (limit.Take("127.0.0.1")) { }
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(waiting, app.CodeAt(server.Time.Now))), StringComparison.Ordinal);
        Assert.DoesNotContain("account.sign_in_failed", await ActionsAsync());
    }

    [Fact]
    public async Task Who_has_not_the_password_does_not_learn_of_the_second_step()
    {
        var before = Alert(await ReadAsync(await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"))));
        await TurnOnAsync();
        var answer = await Open().SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", "wrong password"));
        Assert.Equal(before, Alert(await ReadAsync(answer)));
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith(HalfSignedIn.Cookie, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_first_step_lasts_five_minutes_however_often_one_looks()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        server.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(CodePage)).StatusCode);
        server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("/sign-in?begin=again", Path(await browser.OpenAsync(CodePage)));
    }

    [Fact]
    public async Task The_first_step_ends_with_a_reset()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        await server.Services.GetRequiredService<PeopleDesk>().ResetTwoStepAsync(PortalServer.Admin, (await FindAsync()).Id);
        Assert.Equal("/sign-in?begin=again", Path(await browser.OpenAsync(CodePage)));
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
    }

    [Fact]
    public async Task Its_cookie_is_for_these_pages_alone_and_not_for_scripts()
    {
        await TurnOnAsync();
        var cookie = Assert.Single((await FirstStepAsync(Open())).Headers.GetValues("Set-Cookie"), text => text.StartsWith(HalfSignedIn.Cookie + "=", StringComparison.Ordinal));
        Assert.Contains("path=/sign-in;", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Each_change_signs_the_other_browsers_out_and_leaves_this_one()
    {
        var other = Open();
        await FirstStepAsync(other);
        await TurnOnAsync();
        server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Redirect, (await other.OpenAsync("/online")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.OpenAsync("/online")).StatusCode);

        other = await HalfSignedInAsync();
        await CodeAsync(other, app.CodeAt(server.Time.Now));
        var made = AuthenticatorApp.ReadRecoveryCodes(await ReadAsync(await owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", Password))));
        Assert.Equal(10, made.Except(recoveryCodes, StringComparer.Ordinal).Count());
        server.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Redirect, (await other.OpenAsync("/online")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.OpenAsync("/online")).StatusCode);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), recoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), made[0], RecoveryPage)));
    }

    [Fact]
    public async Task New_recovery_codes_need_the_password()
    {
        await TurnOnAsync();
        Assert.Contains("The current password is wrong", await ReadAsync(await owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", "not my password"))), StringComparison.Ordinal);
        Assert.Equal("/", Path(await CodeAsync(await HalfSignedInAsync(), recoveryCodes[0], RecoveryPage)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turning_it_off_needs_the_password_and_a_code_of_either_kind(bool byRecoveryCode)
    {
        await TurnOnAsync();
        var code = byRecoveryCode ? recoveryCodes[0] : app.CodeAt(server.Time.Now);
        Assert.Contains("The current password is wrong", await OffAsync("not my password", code), StringComparison.Ordinal);
        Assert.Contains("This code is wrong", await OffAsync(Password, app.WrongAt(server.Time.Now)), StringComparison.Ordinal);
        Assert.Contains("This code is wrong", await OffAsync(Password, "AAAAA-AAAAA"), StringComparison.Ordinal);
        Assert.True((await FindAsync()).TwoFactorEnabled);
        await OffAsync(Password, code);
        Assert.False((await FindAsync()).TwoFactorEnabled);
        await using var db = OpenContext();
        Assert.Empty(await db.UserTokens.ToListAsync());
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
        Assert.Equal(HttpStatusCode.OK, (await owner.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Who_found_an_unlocked_screen_does_not_guess_without_end()
    {
        await TurnOnAsync();
        for (var failure = 0; failure < SignInDesk.FailuresUntilLockOut; failure++) await OffAsync(Password, app.WrongAt(server.Time.Now));
        Assert.Contains("wait five minutes", await OffAsync(Password, app.CodeAt(server.Time.Now)), StringComparison.Ordinal);
        Assert.True((await FindAsync()).TwoFactorEnabled);
    }

    [Fact]
    public async Task Everything_is_audited_and_no_secret_is()
    {
        await TurnOnAsync();
        var browser = await HalfSignedInAsync();
        await CodeAsync(browser, app.WrongAt(server.Time.Now));
        await CodeAsync(browser, recoveryCodes[0], RecoveryPage);
        await owner.SubmitAsync("/account/recovery-codes", "recovery-codes", ("Password", Password));
        await OffAsync(Password, app.CodeAt(server.Time.Now));
        await using var db = OpenContext();
        var rows = await db.AuditEntries.OrderBy(entry => entry.Id).ToListAsync();
        Assert.Equal(["account.setup", "account.sign_in", "account.two_step_on", "account.sign_in_failed", "account.sign_in", "account.two_step_codes", "account.two_step_off"], rows.Select(row => row.Action));
        Assert.Equal("The password was right, the second step was not.", rows[3].Reason);
        Assert.Equal("With a recovery code.", rows[4].Reason);
        Assert.All(rows, row => Assert.Equal((Email, "127.0.0.1"), (row.Target, row.Address)));
        var text = string.Join('\n', rows.Select(row => $"{row.Reason} {row.Before} {row.After}"));
        Assert.All([Bare(app.Key), app.CodeAt(server.Time.Now), .. recoveryCodes], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stolen_database_shows_neither_the_key_nor_the_codes()
    {
        await TurnOnAsync();
        await using var db = OpenContext();
        var stored = await db.UserTokens.Select(token => token.Value).ToListAsync();
        Assert.Equal(3, stored.Count);
        Assert.All(stored, value => Assert.DoesNotContain(Bare(app.Key), value, StringComparison.Ordinal));
        Assert.All(recoveryCodes, code => Assert.DoesNotContain(stored, value => value!.Contains(code, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_another_key_ring_encrypted_lets_nobody_in_and_a_reset_helps()
    {
        await TurnOnAsync();
        await using (var db = OpenContext()) await db.UserTokens.ExecuteUpdateAsync(set => set.SetProperty(token => token.Value, "of-another-ring"));
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), app.CodeAt(server.Time.Now))), StringComparison.Ordinal);
        Assert.Contains("That did not work.", await ReadAsync(await CodeAsync(await HalfSignedInAsync(), recoveryCodes[0], RecoveryPage)), StringComparison.Ordinal);
        Assert.IsType<PersonOutcome.Done>(await server.Services.GetRequiredService<PeopleDesk>().ResetTwoStepAsync(PortalServer.Admin, (await FindAsync()).Id));
        Assert.Equal("/", Path(await FirstStepAsync(Open())));
    }

    [Theory]
    [InlineData("/account/two-step")]
    [InlineData("/account/recovery-codes")]
    [InlineData(CodePage)]
    public async Task Pages_with_secrets_are_kept_nowhere(string page)
    {
        var browser = owner;
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
        await using (var holder = new SqliteConnection($"Data Source={server.Services.GetRequiredService<SqliteDatabase>().FilePath};Pooling=False"))
        {
            await holder.OpenAsync();
            await using var held = holder.BeginTransaction(deferred: false);
            Assert.Contains("Nothing was changed", await OnAsync(shown, sealedKey), StringComparison.Ordinal);
        }

        Assert.False((await FindAsync()).TwoFactorEnabled);
        Assert.Equal(10, AuthenticatorApp.ReadRecoveryCodes(await OnAsync(shown, sealedKey)).Count);
    }

    private static string Bare(string key) => key.Replace(" ", "", StringComparison.Ordinal);

    private static string Path(HttpResponseMessage redirect) => new Uri(new Uri("http://elsewhere.example"), redirect.Headers.Location!).PathAndQuery;

    private static Task<string> ReadAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private static async Task<string> ReadAsync(Browser browser, string page) => await ReadAsync(await browser.OpenAsync(page));

    private static string Alert(string html)
    {
        var from = html.IndexOf("<p class=\"notice bad\" role=\"alert\"", StringComparison.Ordinal);
        return html[from..html.IndexOf("</p>", from, StringComparison.Ordinal)];
    }

    private Browser Open()
    {
        browsers.Add(new Browser(server.Address));
        return browsers[^1];
    }

    private PortalDbContext OpenContext() => server.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext();

    private async Task<PortalUser> FindAsync()
    {
        await using var db = OpenContext();
        return await db.Users.AsNoTracking().SingleAsync(user => user.Email == Email);
    }

    private async Task<List<string>> ActionsAsync()
    {
        await using var db = OpenContext();
        return await db.AuditEntries.OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync();
    }

    private async Task<(AuthenticatorApp App, string SealedKey)> ShowKeyAsync() => AuthenticatorApp.Read(await ReadAsync(owner, "/account/two-step"));

    private async Task<string> OnAsync(AuthenticatorApp with, string sealedKey, string password = Password, string? code = null) =>
        await ReadAsync(await owner.SubmitAsync("/account/two-step", "two-step", ("SealedKey", sealedKey), ("Password", password), ("Code", code ?? with.CodeAt(server.Time.Now))));

    private async Task<string> OffAsync(string password, string code) => await ReadAsync(await owner.SubmitAsync("/account/two-step-off", "two-step-off", ("Password", password), ("Code", code)));

    /// <summary>Turns it on, and waits until the code of it is over.</summary>
    private async Task TurnOnAsync()
    {
        (app, var sealedKey) = await ShowKeyAsync();
        recoveryCodes = AuthenticatorApp.ReadRecoveryCodes(await OnAsync(app, sealedKey));
        server.Time.Advance(TimeSpan.FromSeconds(Totp.StepSeconds));
    }

    private static Task<HttpResponseMessage> FirstStepAsync(Browser browser, string query = "") =>
        browser.SubmitAsync("/sign-in" + query, "sign-in", ("Email", Email), ("Password", Password));

    private async Task<Browser> HalfSignedInAsync()
    {
        var browser = Open();
        Assert.Equal(CodePage, Path(await FirstStepAsync(browser)));
        return browser;
    }

    private static Task<HttpResponseMessage> CodeAsync(Browser browser, string code, string page = CodePage) => browser.SubmitAsync(page, "second-step", ("Code", code));

    private async Task<int> CountSignedInAsync(string page, string code)
    {
        var waiting = new List<Browser>();
        for (var i = 0; i < SignInDesk.FailuresUntilLockOut; i++) waiting.Add(await HalfSignedInAsync());
        var answers = await Task.WhenAll(waiting.Select(browser => CodeAsync(browser, code, page)));
        return answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect && Path(answer) == "/");
    }
}
