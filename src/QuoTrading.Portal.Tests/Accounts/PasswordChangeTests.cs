using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class PasswordChangeTests
{
    private const string Email = "owner@example.com", Password = "correct horse battery", Wanted = "staple the battery horse";

    [Fact]
    public async Task While_the_database_cannot_be_written_the_page_says_so_and_the_old_password_stays()
    {
        var folder = Directory.CreateTempSubdirectory("portal-test-").FullName;
        var database = Path.Combine(folder, "portal.db");
        // A second is long enough to wait for a lock that will not go.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:Portal"] = $"Data Source={database};Default Timeout=1" };
        await using var server = await PortalServer.StartAsync(settings, folder: folder);
        using var browser = new Browser(server.Address);
        await browser.SubmitAsync($"/setup?code={server.Services.GetRequiredService<SetupCode>().Text}", "setup", ("Email", Email), ("Password", Password), ("Again", Password));

        await using (var holder = new SqliteConnection($"Data Source={database};Pooling=False"))
        {
            await holder.OpenAsync();
            await using var held = holder.BeginTransaction(deferred: false);
            var answer = await browser.SubmitAsync("/account", "password", ("Current", Password), ("Wanted", Wanted), ("Again", Wanted));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("The password is as it was", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var other = new Browser(server.Address);
        Assert.Equal(HttpStatusCode.Redirect, (await other.SubmitAsync("/sign-in", "sign-in", ("Email", Email), ("Password", Password))).StatusCode);
    }
}
