using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts.TwoStep;

/// <summary>A portal with an administrator, browsers that talk HTTP to it, an app on his phone, and the clock in hand.</summary>
public abstract class TwoStepTest : IAsyncLifetime
{
    private protected const string Email = "owner@example.com", Password = "correct horse battery", CodePage = "/sign-in/code", RecoveryPage = "/sign-in/recovery-code";

    private readonly List<Browser> browsers = [];

    private protected PortalServer Server { get; private set; } = null!;

    /// <summary>Signed in.</summary>
    private protected Browser Owner { get; private set; } = null!;

    private protected AuthenticatorApp App { get; private set; } = null!;

    private protected IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Server = await PortalServer.StartAsync();
        Owner = Open();
        await Owner.SubmitAsync($"/setup?code={Server.Services.GetRequiredService<SetupCode>().Text}", "setup", ("Email", Email), ("Password", Password), ("Again", Password));
    }

    public async ValueTask DisposeAsync()
    {
        browsers.ForEach(browser => browser.Dispose());
        await Server.DisposeAsync();
    }

    private protected static string Bare(string key) => key.Replace(" ", "", StringComparison.Ordinal);

    private protected static string Path(HttpResponseMessage redirect) => new Uri(new Uri("http://elsewhere.example"), redirect.Headers.Location!).PathAndQuery;

    private protected static Task<string> ReadAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private protected static async Task<string> ReadAsync(Browser browser, string page) => await ReadAsync(await browser.OpenAsync(page));

    private protected static string Alert(string html)
    {
        var from = html.IndexOf("<p class=\"notice bad\" role=\"alert\"", StringComparison.Ordinal);
        return html[from..html.IndexOf("</p>", from, StringComparison.Ordinal)];
    }

    private protected Browser Open()
    {
        browsers.Add(new Browser(Server.Address));
        return browsers[^1];
    }

    private protected PortalDbContext OpenContext() => Server.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext();

    private protected async Task<PortalUser> FindAsync()
    {
        await using var db = OpenContext();
        return await db.Users.AsNoTracking().SingleAsync(user => user.Email == Email);
    }

    private protected async Task<List<string>> ActionsAsync()
    {
        await using var db = OpenContext();
        return await db.AuditEntries.OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync();
    }

    private protected async Task<(AuthenticatorApp App, string SealedKey)> ShowKeyAsync() => AuthenticatorApp.Read(await ReadAsync(Owner, "/account/two-step"));

    private protected async Task<string> OnAsync(AuthenticatorApp with, string sealedKey, string password = Password, string? code = null) =>
        await ReadAsync(await Owner.SubmitAsync("/account/two-step", "two-step", ("SealedKey", sealedKey), ("Password", password), ("Code", code ?? with.CodeAt(Server.Time.Now))));

    private protected async Task<string> OffAsync(string password, string code) => await ReadAsync(await Owner.SubmitAsync("/account/two-step-off", "two-step-off", ("Password", password), ("Code", code)));

    /// <summary>Turns it on, and waits until the code of it is over.</summary>
    private protected async Task TurnOnAsync()
    {
        (App, var sealedKey) = await ShowKeyAsync();
        RecoveryCodes = AuthenticatorApp.ReadRecoveryCodes(await OnAsync(App, sealedKey));
        Server.Time.Advance(TimeSpan.FromSeconds(Totp.StepSeconds));
    }

    private protected static Task<HttpResponseMessage> FirstStepAsync(Browser browser, string query = "") =>
        browser.SubmitAsync("/sign-in" + query, "sign-in", ("Email", Email), ("Password", Password));

    private protected async Task<Browser> HalfSignedInAsync()
    {
        var browser = Open();
        Assert.Equal(CodePage, Path(await FirstStepAsync(browser)));
        return browser;
    }

    private protected static Task<HttpResponseMessage> CodeAsync(Browser browser, string code, string page = CodePage) => browser.SubmitAsync(page, "second-step", ("Code", code));
}
