using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Tests.Accounts;

/// <summary>The whole portal over a database of its own, without a socket.</summary>
internal sealed partial class PortalServer : WebApplicationFactory<Program>
{
    private readonly string folder = Directory.CreateTempSubdirectory("portal-test-").FullName;

    /// <summary>A browser with cookies that follows no redirect.</summary>
    public HttpClient OpenBrowser() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>Opens a page with a form, fills it in and sends it.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string page, string form, params (string Name, string Value)[] fields)
    {
        var token = await TokenAsync(browser, page);
        var values = fields.Select(field => KeyValuePair.Create($"Form.{field.Name}", field.Value))
            .Append(new("_handler", form)).Append(new("__RequestVerificationToken", token));
        return await browser.PostAsync(page, new FormUrlEncodedContent(values));
    }

    public static async Task SignOutAsync(HttpClient browser)
    {
        var token = await TokenAsync(browser, "/online");
        await browser.PostAsync("/sign-out", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
    }

    private static async Task<string> TokenAsync(HttpClient browser, string page) =>
        WebUtility.HtmlDecode(TokenField().Match(await browser.GetStringAsync(page)).Groups["token"].Value);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Portal:DataDirectory", folder);
        builder.UseSetting("ConnectionStrings:Portal", $"Data Source={Path.Combine(folder, "portal.db")}");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenField();
}
