using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>The database is full in the middle of a request about many licenses: the answer says what was done, and just that was done.</summary>
public sealed class HalfWayTests : IAsyncLifetime
{
    private PortalServer portal = null!;
    private HttpClient script = null!;

    public async ValueTask InitializeAsync()
    {
        portal = await PortalServer.StartAsync();
        script = await portal.CreateScriptAsync(PortalRole.Administrator);
    }

    public async ValueTask DisposeAsync()
    {
        script.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task Licenses_that_were_made_are_told_with_their_keys_which_let_devices_in()
    {
        // With such a note a license takes a page; so there is room for one unit of them, and not for two.
        await LeaveRoomAsync(Writer.MostRows * 3 / 2);
        var answer = await AskAsync("", new { email = "ada@example.com", days = 30, count = Writer.MostRows * 2, note = new string('n', LicenseRules.MaxNote) });

        Assert.Equal((503, "incomplete"), (answer.Status, answer.Get("code")));
        var made = answer.Json["created"]!["licenses"]!.AsArray();
        Assert.InRange(made.Count, 1, Writer.MostRows);
        Assert.Equal(await IdsAsync(_ => true), made.Select(Id));

        await portal.PassAsync(1);
        Assert.Equal(200, (await new ClientDevice(portal, made[^1]!["key"]!.GetValue<string>(), "A").StartAsync()).Status);
        Assert.Equal(201, (await AskAsync("", new { email = "ada@example.com", days = 30, count = 2 })).Status);
    }

    [Fact]
    public async Task What_was_done_to_many_is_told_license_by_license_and_asking_again_does_the_rest()
    {
        const int Many = 200;
        var all = Assert.IsType<IssueOutcome.Issued>(await portal.Services.GetRequiredService<LicenseIssuer>()
            .IssueAsync(PortalServer.Admin, new LicenseOrder("ada@example.com", new LicenseTerm.Lifetime(), Count: Many))).Licenses.Select(license => license.Id).ToList();
        var request = new { action = "suspend", ids = all, reason = new string('r', LicenseRules.MaxReason) };
        // The audit log alone needs more for all of them.
        await LeaveRoomAsync(10);

        var broken = await AskAsync("/bulk", request);

        Assert.Equal((503, "incomplete"), (broken.Status, broken.Get("code")));
        var done = broken.Json["done"]!;
        var results = done["results"]!.AsArray();
        Assert.InRange(results.Count, 1, Many - 1);
        Assert.Equal(results.Count, done["done"]!.GetValue<int>());
        Assert.All(results, result => Assert.Equal("done", result!["result"]!.GetValue<string>()));
        Assert.Equal(await IdsAsync(license => license.Status == LicenseStatus.Suspended), results.Select(Id));

        await portal.PassAsync(1);
        var rest = await AskAsync("/bulk", request);
        Assert.Equal((200, Many - results.Count, results.Count), (rest.Status, rest.Json["done"]!.GetValue<int>(), rest.Json["unchanged"]!.GetValue<int>()));
    }

    // On the writer's own connection, which it gives up when it fails: so the disk has room again after that.
    private async Task LeaveRoomAsync(int pages) => await portal.Services.GetRequiredService<Writer>().RunAsync(
        unit => Task.FromResult(unit.Execute($"PRAGMA max_page_count = {unit.ExecuteScalar("PRAGMA page_count") + pages}")), first: true);

    private async Task<Answered> AskAsync(string path, object body)
    {
        using var response = await script.PostAsync(new Uri("/api/admin/licenses" + path, UriKind.Relative), JsonContent.Create(body));
        return await Answered.ReadAsync(response);
    }

    private async Task<List<long>> IdsAsync(System.Linq.Expressions.Expression<Func<License, bool>> which)
    {
        await using var db = await portal.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await db.Licenses.Where(which).OrderBy(license => license.Id).Select(license => license.Id).ToListAsync();
    }

    private static long Id(JsonNode? told) => told!["id"]!.GetValue<long>();
}
