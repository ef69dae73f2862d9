using System.Net;
using System.Text.RegularExpressions;

namespace QuoTrading.Portal.Tests.Accounts;

/// <summary>What a browser does with the portal's static pages: keeps cookies, sends forms with their token, and shows each redirect.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly Uri portal;
    private readonly CookieContainer cookies;
    private readonly HttpClient http;

    public Browser(Uri portal)
    {
        (this.portal, cookies) = (portal, new CookieContainer());
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = cookies })
        {
            BaseAddress = portal,
            DefaultRequestHeaders = { { "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" } },
        };
    }

    /// <summary>As they are sent.</summary>
    public string Cookies => cookies.GetCookieHeader(portal);

    public Task<HttpResponseMessage> OpenAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>Only the beginning of an answer; the caller reads on, or leaves.</summary>
    public Task<HttpResponseMessage> StreamAsync(string path) => http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Sends a form of a page that a circuit draws: with a token, which is every page's; only the beginning of the answer is read.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", await TokenAsync("/online"))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = form };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Opens a page with a form, fills it in and sends it.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string page, string form, params (string Name, string Value)[] fields) => SubmitAsync(page, page, form, fields);

    /// <summary>Sends a form to a page, with the token of another.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string tokenPage, string page, string form, params (string Name, string Value)[] fields)
    {
        var token = await TokenAsync(tokenPage);
        var values = fields.Select(field => KeyValuePair.Create($"Form.{field.Name}", field.Value))
            .Append(new("_handler", form)).Append(new("__RequestVerificationToken", token));
        return await PostAsync(page, [.. values]);
    }

    public async Task<HttpResponseMessage> SignOutAsync() =>
        await PostAsync("/sign-out", new KeyValuePair<string, string>("__RequestVerificationToken", await TokenAsync("/online")));

    public Task<HttpResponseMessage> PostAsync(string path, params KeyValuePair<string, string>[] values) =>
        http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(values));

    public void Dispose() => http.Dispose();

    private async Task<string> TokenAsync(string page) =>
        WebUtility.HtmlDecode(TokenField().Match(await http.GetStringAsync(new Uri(page, UriKind.Relative))).Groups["token"].Value);

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenField();
}
