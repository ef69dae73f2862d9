using System.Text;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>docs/protocol.md, Endpoints for administrators' scripts: licenses.</summary>
public sealed class AdminLicensesTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("GET", "", "", 200, 200, 200)]
    [InlineData("POST", "/suspend", "", 403, 200, 200)]
    [InlineData("POST", "/reactivate", "", 403, 200, 200)]
    [InlineData("POST", "/extend", """{"days": 1}""", 403, 200, 200)]
    [InlineData("POST", "/cancel", "", 403, 403, 200)]
    [InlineData("PATCH", "", """{"seats": 2}""", 403, 403, 200)]
    [InlineData("POST", "/key", "", 403, 403, 200)]
    [InlineData("DELETE", "", "", 403, 403, 200)]
    [InlineData("GET", "/devices/kept-out", "", 200, 200, 200)]
    [InlineData("POST", "/devices/abc/keep-out", """{"minutes": 1, "reason": "r"}""", 403, 200, 200)]
    [InlineData("POST", "/devices/abc/let-in", "", 403, 200, 200)]
    public async Task A_role_may_do_what_it_may_and_no_more(string method, string path, string body, int viewer, int support, int administrator)
    {
        var license = await Portal.CreateLicenseAsync();
        foreach (var (role, status) in new[] { (PortalRole.Viewer, viewer), (PortalRole.Support, support), (PortalRole.Administrator, administrator) })
        {
            var answer = await AskAsync(method, $"/{license.Id}{path}", body, role);
            Assert.Equal((role, status, status == 403 ? "forbidden" : null), (role, answer.Status, answer.Get("code")));
        }
    }

    [Fact]
    public async Task A_suspension_ends_the_session_at_once_and_a_reactivation_lets_a_heartbeat_go_on()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        // Sessions that start in one millisecond have no order.
        await Portal.PassAsync(1);

        var suspended = await AskAsync("POST", $"/{license.Id}/suspend", """{"reason": "unpaid"}""");
        Assert.Equal((200, "suspended", "1"), (suspended.Status, suspended.Get("status"), suspended.Get("sessions_ended")));
        Assert.Equal((403, "license_suspended"), ((await a.BeatAsync()) is var beat ? beat.Status : 0, beat.Get("code")));
        var again = await AskAsync("POST", $"/{license.Id}/suspend", "");
        Assert.Equal((200, "0"), (again.Status, again.Get("sessions_ended")));
        Assert.Equal("active", (await AskAsync("POST", $"/{license.Id}/reactivate", "")).Get("status"));
        Assert.Equal(200, (await a.BeatAsync()).Status);

        var audited = (await shared.AuditAsync(license.Id.ToString())).Where(entry => entry.Action is "license.suspend" or "license.reactivate").ToList();
        Assert.Equal(["license.suspend", "license.reactivate"], audited.Select(entry => entry.Action));
        Assert.Equal((ActorKind.Token, "unpaid"), (audited[0].ActorKind, audited[0].Reason));
        Assert.Equal("unpaid", Assert.Single(await shared.HistoryAsync(license.Id), row => row.EndedAt is not null).EndNote);
    }

    [Fact]
    public async Task A_cancelled_license_is_reactivated_by_an_administrator_alone_and_cannot_be_suspended()
    {
        var license = await Portal.CreateLicenseAsync();
        Assert.Equal("cancelled", (await AskAsync("POST", $"/{license.Id}/cancel", "")).Get("status"));

        Assert.Equal((403, "forbidden"), await CodeAsync("POST", $"/{license.Id}/reactivate", "", PortalRole.Support));
        Assert.Equal((400, "invalid"), await CodeAsync("POST", $"/{license.Id}/suspend", "", PortalRole.Support));
        Assert.Equal("active", (await AskAsync("POST", $"/{license.Id}/reactivate", "")).Get("status"));
    }

    [Fact]
    public async Task Seats_and_expiry_change_together_or_not_at_all()
    {
        var (license, a, b) = await shared.CreateDevicesAsync(seats: 2);
        await a.StartAsync();
        await Portal.PassAsync(1);
        await b.StartAsync();

        Assert.Equal((400, "invalid"), await CodeAsync("PATCH", $"/{license.Id}", """{"expires_at": null, "seats": 0}"""));
        Assert.NotNull((await AskAsync("GET", $"/{license.Id}", "")).Get("expires_at"));
        var changed = await AskAsync("PATCH", $"/{license.Id}", """{"expires_at": "2099-01-31T13:00:00+01:00", "seats": 1, "reason": "downgrade"}""");
        Assert.Equal((200, "2099-01-31T12:00:00Z", "1", "1"), (changed.Status, changed.Get("expires_at"), changed.Get("seats"), changed.Get("sessions_ended")));
        Assert.Equal((200, 403), ((await a.BeatAsync()).Status, (await b.BeatAsync()).Status));
        Assert.Null((await AskAsync("PATCH", $"/{license.Id}", """{"expires_at": null}""")).Get("expires_at"));
        Assert.Equal((400, "invalid"), await CodeAsync("POST", $"/{license.Id}/extend", """{"days": 3}"""));
    }

    [Fact]
    public async Task An_expiry_in_the_past_ends_sessions_and_an_extension_counts_from_now()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        Assert.Equal("1", (await AskAsync("PATCH", $"/{license.Id}", """{"expires_at": "2001-01-01T00:00:00Z"}""")).Get("sessions_ended"));
        Assert.Equal("license_expired", (await a.BeatAsync()).Get("code"));
        var extended = await AskAsync("POST", $"/{license.Id}/extend", """{"days": 3}""");

        Assert.Equal(Portal.Time.Now.UtcDateTime.AddDays(3), extended.Json["expires_at"]!.GetValue<DateTime>());
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Theory]
    [InlineData("PATCH", "", "x")]
    [InlineData("PATCH", "", "[]")]
    [InlineData("PATCH", "", """{"seats": "2"}""")]
    [InlineData("PATCH", "", """{"seats": 1001}""")]
    [InlineData("PATCH", "", """{"seats": 1.5}""")]
    [InlineData("PATCH", "", """{"seats": null}""")]
    [InlineData("PATCH", "", """{"expires_at": "2099-01-31T12:00:00"}""")]
    [InlineData("PATCH", "", """{"expires_at": "tomorrow"}""")]
    [InlineData("PATCH", "", """{"expires_at": 5}""")]
    [InlineData("PATCH", "", """{"\ud800": 5}""")]
    [InlineData("PATCH", "", """{"plan": null}""")]
    [InlineData("PATCH", "", """{"plan": ""}""")]
    [InlineData("PATCH", "", """{"seats": 2, "seat": 3}""")]
    [InlineData("PATCH", "", """{"seats": 2, "version": "1"}""")]
    [InlineData("DELETE", "", """{"reason": 5}""")]
    [InlineData("POST", "/key", "[]")]
    [InlineData("PATCH", "", """{"reason": 5}""")]
    [InlineData("POST", "/suspend", "x")]
    [InlineData("POST", "/suspend", """{"reason": 5}""")]
    [InlineData("POST", "/extend", "")]
    [InlineData("POST", "/extend", """{"days": 0}""")]
    [InlineData("POST", "/extend", """{"days": 36501}""")]
    [InlineData("POST", "/extend", """{"days": 1e9}""")]
    public async Task What_cannot_be_read_or_done_is_a_problem_and_changes_nothing(string method, string path, string body)
    {
        var license = await Portal.CreateLicenseAsync();
        var before = (await AskAsync("GET", $"/{license.Id}", "")).Text;

        var answer = await AskAsync(method, $"/{license.Id}{path}", body);

        Assert.Equal((400, true), (answer.Status, answer.Get("code") is "invalid" or "bad_request"));
        Assert.Equal(before, (await AskAsync("GET", $"/{license.Id}", "")).Text);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PATCH", "")]
    [InlineData("POST", "/suspend")]
    public async Task There_is_no_license_with_another_number(string method, string path)
    {
        foreach (var id in new[] { "0", "999999999", "-1", "x", "99999999999999999999" })
            Assert.Equal((404, "not_found"), await CodeAsync(method, $"/{id}{path}", method == "GET" ? "" : "{}"));
    }

    [Fact]
    public async Task A_license_is_found_by_its_whole_key_or_a_part_of_the_address_page_by_page()
    {
        var customer = $"{Guid.NewGuid():N}@example.com";
        var made = new List<long>();
        for (var i = 0; i < 5; i++) made.Add((await Portal.CreateLicenseAsync(customer)).Id);
        var one = await Portal.CreateLicenseAsync();

        var byKey = await AskAsync("GET", $"?search={Uri.EscapeDataString(one.Key)}", "", PortalRole.Viewer);
        Assert.Equal([one.Id], Ids(byKey));
        Assert.DoesNotContain(one.Key, byKey.Text, StringComparison.Ordinal);
        Assert.Empty(Ids(await AskAsync("GET", $"?search={Uri.EscapeDataString(one.Key[..10])}", "")));
        var first = await AskAsync("GET", $"?search={customer[..20]}&limit=3", "");
        var second = await AskAsync("GET", $"?search={customer[..20]}&limit=3&after={first.Get("next")}", "");
        made.Reverse();
        Assert.Equal(made, [.. Ids(first), .. Ids(second)]);
        Assert.Equal((null, null), (first.Get("previous"), second.Get("next")));
        Assert.Equal(Ids(first), Ids(await AskAsync("GET", $"?search={customer[..20]}&limit=3&before={second.Get("previous")}", "")));
        foreach (var query in new[] { "?limit=0", "?limit=1001", "?after=x", "?after=99999999999999999999", "?sort=expiry&after=9999999999999999999~1", "?after=1&before=2", "?state=x", "?expires_to=2027-01-01", "?sate=active", "?search=" + new string('x', 400) })
            Assert.Equal((400, "invalid"), await CodeAsync("GET", query, ""));
    }

    private static List<long> Ids(Answered answer) => [.. answer.Json["licenses"]!.AsArray().Select(license => license!["id"]!.GetValue<long>())];

    private async Task<(int Status, string? Code)> CodeAsync(string method, string path, string body, PortalRole role = PortalRole.Administrator)
    {
        var answer = await AskAsync(method, path, body, role);
        return (answer.Status, answer.Get("code"));
    }

    private async Task<Answered> AskAsync(string method, string path, string body, PortalRole role = PortalRole.Administrator)
    {
        using var script = await Portal.CreateScriptAsync(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/admin/licenses" + path);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await script.SendAsync(request);
        return await Answered.ReadAsync(response);
    }
}
