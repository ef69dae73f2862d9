using System.Net;
using System.Text.RegularExpressions;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Pages.Authors;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>The page for authors of bots, and the files that they take from it.</summary>
public sealed partial class AuthorsPageTests(SharedPortal shared) : PageTests, IClassFixture<SharedPortal>
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData(PortalRole.Viewer)]
    [InlineData(PortalRole.Support)]
    [InlineData(PortalRole.Administrator)]
    public async Task Whoever_is_signed_in_gets_the_page_and_the_client_of_this_version(PortalRole role)
    {
        using var browser = await SignInAsync(role);
        using (var page = await browser.OpenAsync("/authors")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var file = await browser.OpenAsync("/authors/quotrading_license.py");
        Assert.Equal((HttpStatusCode.OK, "attachment; filename=\"quotrading_license.py\""), (file.StatusCode, file.Content.Headers.ContentDisposition!.ToString()));
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Repository.Root, "clients", "python", "quotrading_license.py")), await file.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/authors")]
    [InlineData("/authors/quotrading_license.py")]
    [InlineData("/authors/bot_asyncio.py")]
    [InlineData("/authors/packages/QuoTrading.License.1.0.0.nupkg")]
    public async Task Whoever_is_not_is_sent_to_sign_in(string path)
    {
        using var browser = new Browser(shared.Server.Address);
        using var answer = await browser.OpenAsync(path);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (answer.StatusCode, answer.Headers.Location!.AbsolutePath));
    }

    [Fact]
    public async Task Every_file_and_example_is_served_as_it_is_in_the_repository()
    {
        SignIn("Viewer");
        var files = AuthorFiles.All;
        Assert.Empty(files.Select(file => file.Address).Except(Render<AuthorDownloads>().FindAll("a").Select(link => link.GetAttribute("href")!)));
        var python = Directory.GetFiles(Path.Combine(Repository.Root, "clients", "python", "examples"), "*.py").Select(Path.GetFileName);
        Assert.Empty(python.Except(files.Select(file => file.Name)));
        using var browser = await SignInAsync(PortalRole.Viewer);
        foreach (var file in files)
        {
            using var answer = await browser.OpenAsync(file.Address);
            Assert.Equal((file.Name, HttpStatusCode.OK), (file.Name, answer.StatusCode));
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file.Source)), await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("QuoTrading.License.0.0.0-", ".nupkg")]
    [InlineData("quotrading_license-0.0.0+", "-py3-none-any.whl")]
    public async Task A_package_in_the_program_s_folder_is_listed_and_served_and_nothing_else_is(string start, string end)
    {
        var name = $"{start}{Guid.NewGuid():N}{end}";
        var file = Path.Combine(AuthorFiles.PackageFolder, name);
        Directory.CreateDirectory(AuthorFiles.PackageFolder);
        await File.WriteAllTextAsync(file, "a package");
        try
        {
            SignIn("Viewer");
            Assert.Equal(AuthorFiles.AddressOf(name), Render<AuthorDownloads>().FindAll("a").Single(link => link.TextContent == name).GetAttribute("href"));
            using var browser = await SignInAsync(PortalRole.Viewer);
            using (var answer = await browser.OpenAsync(AuthorFiles.AddressOf(name))) Assert.Equal((HttpStatusCode.OK, "a package"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            foreach (var other in new[] { "no-such.nupkg", "..%2FQuoTrading.Portal.dll", "..%2Fclients%2F" + name })
            {
                using var answer = await browser.OpenAsync($"/authors/packages/{other}");
                Assert.Equal((other, HttpStatusCode.NotFound), (other, answer.StatusCode));
            }
        }
        finally
        {
            File.Delete(file);
        }

        Assert.DoesNotContain(name, AuthorFiles.Packages());
    }

    [Fact]
    public void It_begins_with_what_must_never_be_gated_and_its_samples_ask_this_portal()
    {
        SignIn("Viewer");
        var keys = shared.Server.Services.GetRequiredService<SigningKeys>();
        Services.AddSingleton(keys);
        var page = Render<AuthorsPage>();
        Assert.Equal(keys.All.Select(key => key.Text), page.FindAll(".key").Select(key => key.TextContent.Trim()));
        Assert.All(page.FindAll("pre.sample"), sample => Assert.All(keys.All, key => Assert.Contains($"\"{key.Text}\"", sample.TextContent, StringComparison.Ordinal)));
        Assert.All(page.FindAll("pre.sample"), sample => Assert.Equal(sample.TextContent, sample.ParentElement!.QuerySelector("button[data-copy]")!.GetAttribute("data-copy")));
        Assert.NotEmpty(keys.All);
        Assert.Equal("Never gate closing a position on the license; gate opening one.", page.Find(".lead strong").TextContent);
        var server = Services.GetRequiredService<NavigationManager>().BaseUri.TrimEnd('/');
        Assert.Equal(2, page.FindAll("pre.sample").Count(sample => sample.TextContent.Contains($"LicenseSession(\"{server}\", ", StringComparison.Ordinal)));
        Assert.Equal("/authors/quotrading_license.py", page.Find("#downloads + ul a").GetAttribute("href"));
    }

    [Fact]
    public void Keys_are_shown_where_there_are_any()
    {
        SignIn("Viewer");
        Assert.Equal(["first", "second"], Render<AuthorKeys>(keys => keys.Add(k => k.Keys, ["first", "second"])).FindAll("li").Select(key => key.TextContent));
    }

    [Fact]
    public void Every_link_of_the_reference_leads_somewhere()
    {
        var html = AuthorReference.Html;
        Assert.Contains("<strong>B36</strong>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<h1", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<th></th>", html, StringComparison.Ordinal);
        var ids = Ids().Matches(html).Select(match => match.Groups["id"].Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var links = Links().Matches(html).Select(match => match.Groups["to"].Value).ToList();
        Assert.NotEmpty(links);
        var nowhere = links.Where(to => !(to.StartsWith("/authors#", StringComparison.Ordinal) && ids.Contains(to["/authors#".Length..], StringComparer.Ordinal))
            && !AuthorFiles.All.Any(file => file.Address == to) && !to.StartsWith("https://", StringComparison.Ordinal));
        Assert.Empty(nowhere);
    }

    [Fact]
    public void The_reference_s_examples_ask_this_portal_and_show_nobody_s_key()
    {
        Assert.Contains("http://localhost:5080/api/main", AuthorReference.Html, StringComparison.Ordinal);
        var html = AuthorReference.For("https://portal.example.com/<desk>");
        Assert.Contains("https://portal.example.com/&lt;desk&gt;/api/main", html, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost:5080", html, StringComparison.Ordinal);
        Assert.Contains("YOUR-LICENSE-KEY", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("[A-Z0-9]{5}(-[A-Z0-9]{5}){4}", html);
    }

    [Fact]
    public void Nothing_of_a_document_is_html_or_script()
    {
        var html = AuthorReference.Of("# Title\n\n## Part\n\n<script>x()</script> [a](javascript:x()) [file](../README.md) ![picture](images/a.png)\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Title", html, StringComparison.Ordinal);
        Assert.Contains("<h3 id=\"part\">Part</h3>", html, StringComparison.Ordinal);
        Assert.Contains("a file picture", html, StringComparison.Ordinal);
        Assert.Contains("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table class=\"reference-table\">", html, StringComparison.Ordinal);
    }

    private async Task<Browser> SignInAsync(PortalRole role)
    {
        var email = $"{role}-{Guid.NewGuid():N}@example.com";
        await using (var scope = shared.Server.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, email, Password, role));
        var browser = new Browser(shared.Server.Address);
        (await browser.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", Password))).Dispose();
        return browser;
    }

    [GeneratedRegex(" id=\"(?<id>[^\"]*)\"", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Ids();

    [GeneratedRegex(" (?:href|src)=\"(?<to>[^\"]*)\"", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Links();
}
