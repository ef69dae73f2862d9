using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Admin;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Description;

/// <summary>The OpenAPI document: that it names everything, shows how, and is true.</summary>
public sealed partial class OpenApiTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private static readonly string[] Verbs = ["get", "post", "put", "patch", "delete"];

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task It_is_for_whoever_may_be_here()
    {
        using var answer = await Portal.Http.GetAsync(new Uri("/api/openapi.json", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Unauthorized, "token_missing"), (answer.StatusCode, (await Answered.ReadAsync(answer)).Get("code")));
        Assert.StartsWith("3.1", (await ReadAsync())["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_reads_it_in_his_browser_as_long_as_he_is_signed_in()
    {
        const string Email = "reader@example.com", Password = "correct horse battery";
        await using (var scope = Portal.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, Email, Password, PortalRole.Viewer));
        using var browser = new Browser(Portal.Address);
        using (var stranger = await browser.OpenAsync("/api/openapi.json")) Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);

        (await browser.SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", Password))).Dispose();
        using (var answer = await browser.OpenAsync("/api/openapi.json"))
        {
            Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.StartsWith("3.1", (await Answered.ReadAsync(answer)).Get("openapi"), StringComparison.Ordinal);
        }

        (await browser.SignOutAsync()).Dispose();
        using (var gone = await browser.OpenAsync("/api/openapi.json")) Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
    }

    [Fact]
    public async Task It_names_every_endpoint_of_the_api_and_no_other()
    {
        var mapped = Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && !endpoint.RoutePattern.RawText.Contains("**", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Path: Constraint().Replace(endpoint.RoutePattern.RawText!, "}"), Verb: method.ToLowerInvariant())))
            // A HEAD is a GET whose answer has no body.
            .Where(route => route.Path != "/api/openapi.json" && route.Verb != "head")
            .GroupBy(route => route.Path, StringComparer.Ordinal)
            // Where launchers only post, every other verb is mapped to be refused.
            .SelectMany(path => path.Any(route => route.Verb == "options") ? path.Where(route => route.Verb == "post") : path)
            .Select(route => $"{route.Verb} {route.Path}").Order(StringComparer.Ordinal);

        Assert.Equal(mapped, (await OperationsAsync()).Select(operation => $"{operation.Verb} {operation.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_endpoint_has_a_summary_an_example_of_its_answer_and_of_its_body_and_its_refusals()
    {
        foreach (var (path, verb, operation) in await OperationsAsync())
        {
            var where = $"{verb} {path}";
            Assert.True(operation["summary"]?.GetValue<string>().Length > 0, where);
            var responses = operation["responses"]!.AsObject();
            foreach (var (status, response) in responses)
                Assert.True(response!["content"]!.AsObject().Single().Value is { } content && content["example"] is not null && content["schema"] is not null, $"{where} {status}");
            Assert.True(responses.Any(response => response.Key.StartsWith('2')), where);
            if (operation["requestBody"] is { } body) Assert.NotNull(body["content"]!["application/json"]!["example"]);
            if (path.StartsWith("/api/admin/", StringComparison.Ordinal) && !path.EndsWith("force-clear-session", StringComparison.Ordinal))
                Assert.True(responses.ContainsKey("401") && operation["security"]![0]!["bearer"] is not null, where);
        }
    }

    [Fact]
    public async Task Every_example_has_the_members_of_its_schema_and_no_other()
    {
        var document = await ReadAsync();
        foreach (var (path, verb, operation) in await OperationsAsync())
            foreach (var (status, response) in operation["responses"]!.AsObject())
            {
                var content = response!["content"]!.AsObject().Single().Value!;
                Compare(document, content["schema"]!, content["example"], $"{verb} {path} {status}");
            }
    }

    [Theory]
    [InlineData("/api/admin/licenses", "post")]
    [InlineData("/api/admin/licenses/{id}", "patch")]
    [InlineData("/api/admin/licenses/{id}/suspend", "post")]
    [InlineData("/api/admin/licenses/{id}/reactivate", "post")]
    [InlineData("/api/admin/licenses/{id}/extend", "post")]
    [InlineData("/api/admin/licenses/{id}/cancel", "post")]
    [InlineData("/api/admin/licenses/{id}/key", "post")]
    [InlineData("/api/admin/licenses/{id}", "delete")]
    [InlineData("/api/admin/licenses/bulk", "post")]
    [InlineData("/api/admin/settings", "put")]
    [InlineData("/api/admin/licenses", "get")]
    [InlineData("/api/admin/sessions", "get")]
    [InlineData("/api/admin/sessions/history", "get")]
    [InlineData("/api/admin/events", "get")]
    [InlineData("/api/admin/audit", "get")]
    [InlineData("/api/admin/statistics", "get")]
    [InlineData("/api/admin/statistics/concurrency", "get")]
    public async Task What_an_example_asks_is_answered_as_the_document_says(string path, string verb)
    {
        var document = await ReadAsync();
        var operation = document["paths"]![path]![verb]!;
        var license = await Portal.CreateLicenseAsync();
        using var script = await Portal.CreateScriptAsync(PortalRole.Administrator);
        using var request = new HttpRequestMessage(new HttpMethod(verb.ToUpperInvariant()), path.Replace("{id}", $"{license.Id}", StringComparison.Ordinal));
        if (operation["requestBody"] is { } body) request.Content = new StringContent(body["content"]!["application/json"]!["example"]!.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await script.SendAsync(request);

        var answer = await Answered.ReadAsync(response);

        Assert.True(operation["responses"]!.AsObject().ContainsKey($"{answer.Status}") && answer.Status < 300, $"{answer.Status} {answer.Text}");
        Compare(document, operation["responses"]![$"{answer.Status}"]!["content"]!["application/json"]!["schema"]!, answer.Json, path);
    }

    [Fact]
    public void The_words_that_a_request_may_have_are_those_of_the_answers()
    {
        Assert.Equal(Enum.GetValues<EndReason>().Select(WireNames.Of), AdminInput.WordsOf(typeof(EndReason)));
        Assert.Equal(Enum.GetValues<EventKind>().Select(WireNames.Of), AdminInput.WordsOf(typeof(EventKind)));
        Assert.Equal(Enum.GetValues<LicenseStanding>().Select(WireNames.Of), AdminInput.WordsOf(typeof(LicenseStanding)));
        Assert.Equal(Enum.GetValues<SymbolSessions>().Select(WireNames.Of), AdminInput.WordsOf(typeof(SymbolSessions)));
        Assert.Equal(Enum.GetValues<CopiedDevices>().Select(WireNames.Of), AdminInput.WordsOf(typeof(CopiedDevices)));
    }

    [Theory]
    [InlineData("/api/admin/licenses", "post", "plan", LicenseRules.MaxPlan)]
    [InlineData("/api/admin/licenses", "post", "seats", LicenseRules.MaxSeats)]
    [InlineData("/api/admin/licenses", "post", "note", LicenseRules.MaxNote)]
    [InlineData("/api/admin/licenses", "post", "days", LicenseTerm.MaxDays)]
    [InlineData("/api/admin/licenses/{id}", "patch", "plan", LicenseRules.MaxPlan)]
    [InlineData("/api/admin/licenses/{id}", "patch", "seats", LicenseRules.MaxSeats)]
    [InlineData("/api/admin/licenses/{id}", "patch", "note", LicenseRules.MaxNote)]
    [InlineData("/api/admin/licenses/{id}", "patch", "reason", LicenseRules.MaxReason)]
    [InlineData("/api/admin/licenses/{id}/extend", "post", "days", LicenseTerm.MaxDays)]
    [InlineData("/api/admin/licenses/bulk", "post", "reason", LicenseRules.MaxReason)]
    [InlineData("/api/admin/licenses/{id}/devices/{device}/keep-out", "post", "reason", LogOutResult.MaxReasonLength)]
    [InlineData("/api/admin/licenses/{id}/devices/{device}/keep-out", "post", "minutes", AdminDevices.MostMinutes)]
    [InlineData("/api/admin/licenses/{id}/devices/{device}/let-in", "post", "reason", LicenseRules.MaxReason)]
    [InlineData("/api/admin/sessions/{id}/logout", "post", "reason", LogOutResult.MaxReasonLength)]
    [InlineData("/api/admin/sessions/{id}/logout", "post", "keep_out_minutes", AdminDevices.MostMinutes)]
    public async Task A_bound_that_is_told_is_the_one_that_holds(string path, string verb, string field, int most)
    {
        var body = (await ReadAsync())["paths"]![path]![verb]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
        Assert.Matches($"\\b{most}\\b", body["properties"]![field]!["description"]!.GetValue<string>());
    }

    // As far as a misspelt or forgotten member goes; types are the serializer's own affair.
    private static void Compare(JsonNode document, JsonNode schema, JsonNode? value, string where)
    {
        if (schema["$ref"] is { } reference) schema = document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!;
        if (value is JsonArray array && schema["items"] is { } items)
            foreach (var item in array) Compare(document, items, item, where);
        if (value is not JsonObject members || schema["properties"] is not { } properties) return;
        foreach (var (name, member) in members)
        {
            Assert.True(properties[name] is not null, $"{where}: {name} is not in the schema.");
            Compare(document, properties[name]!, member, where);
        }

        foreach (var needed in schema["required"]?.AsArray() ?? []) Assert.True(members.ContainsKey(needed!.GetValue<string>()), $"{where}: {needed} is missing.");
    }

    private async Task<List<(string Path, string Verb, JsonNode Operation)>> OperationsAsync() =>
        [.. (await ReadAsync())["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(member => Verbs.Contains(member.Key)).Select(operation => (path.Key, operation.Key, operation.Value!)))];

    private async Task<JsonObject> ReadAsync()
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        using var response = await script.GetAsync(new Uri("/api/openapi.json", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await Answered.ReadAsync(response)).Json;
    }

    [GeneratedRegex(":[a-z]+}", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Constraint();
}
