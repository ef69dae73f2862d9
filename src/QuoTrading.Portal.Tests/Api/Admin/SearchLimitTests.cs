using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>A search cannot be made so long that it brings the server down, nor so that it matches what it does not say.</summary>
public sealed class SearchLimitTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private static readonly string ManyWords = string.Join(' ', Enumerable.Repeat("zq", 20_000));

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Twenty_thousand_words_in_a_bulk_filter_are_a_bad_request()
    {
        var answer = await BulkAsync(ManyWords);
        Assert.Equal((400, "invalid"), (answer.Status, answer.Get("code")));
        Assert.Contains("at most 12 words", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NUL_in_a_bulk_filter_is_a_bad_request_and_changes_nothing()
    {
        var license = await Portal.CreateLicenseAsync();
        Assert.Equal(400, (await BulkAsync("\0nobody")).Status);
        var item = await Portal.Services.GetRequiredService<LicenseQueries>().FindAsync(license.Id);
        Assert.Equal(LicenseStatus.Active, item!.Status);
    }

    [Theory]
    [InlineData("search=%00nobody")]
    [InlineData("search=a+a+a+a+a+a+a+a+a+a+a+a+a")]
    [InlineData("plan=%00")]
    public async Task So_it_is_in_the_list(string query)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        using var response = await script.GetAsync(new Uri($"/api/admin/licenses?{query}", UriKind.Relative));
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_catalog_itself_asks_for_no_such_thing()
    {
        var queries = Portal.Services.GetRequiredService<LicenseQueries>();
        await Assert.ThrowsAsync<ArgumentException>(() => queries.ReadAsync(new LicenseFilter(ManyWords), LicenseOrdering.Newest, PageRequest.First));
        await Assert.ThrowsAsync<ArgumentException>(() => queries.TargetsAsync(new LicenseFilter("\0"), 10));
    }

    [Theory]
    [InlineData("a b c d e f g h i j k l", 0)]
    [InlineData("a b c d e f g h i j k l m", 1)]
    [InlineData("\0anna", 1)]
    public void An_address_that_searches_so_shows_nothing_and_says_why(string search, int problems)
    {
        var query = new ListQuery(name => name == "q" ? search : null, default);
        LicenseQuery.Read(query);
        Assert.Equal(problems, query.Problems.Count);
    }

    [Fact]
    public async Task A_reason_with_control_characters_is_refused()
    {
        var license = await Portal.CreateLicenseAsync();
        using var script = await Portal.CreateScriptAsync(PortalRole.Support);
        using var response = await script.PostAsync(new Uri($"/api/admin/licenses/{license.Id}/devices/zz/keep-out", UriKind.Relative), Json("""{"minutes":5,"reason":"x\u0000\u001b[31m"}"""));
        Assert.Equal(400, (int)response.StatusCode);
    }

    private async Task<Answered> BulkAsync(string search)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Support);
        using var body = Json(System.Text.Json.JsonSerializer.Serialize(new { action = "suspend", filter = new { search } }));
        using var response = await script.PostAsync(new Uri("/api/admin/licenses/bulk", UriKind.Relative), body);
        return await Answered.ReadAsync(response);
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
