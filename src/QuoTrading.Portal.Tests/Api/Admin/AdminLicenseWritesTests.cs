using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>docs/protocol.md, Endpoints for administrators' scripts: making, replacing, deleting licenses, and many of them at once.</summary>
public sealed class AdminLicenseWritesTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task New_licenses_tell_their_keys_once_and_let_their_devices_in()
    {
        var made = await AskAsync("POST", "", """{"email": "New@Example.com", "customer_name": "New", "plan": "PREMIUM", "seats": 2, "count": 3, "days": 30, "note": "n"}""");

        Assert.Equal(201, made.Status);
        var licenses = made.Json["licenses"]!.AsArray();
        Assert.Equal(3, licenses.Count);
        var key = licenses[0]!["key"]!.GetValue<string>();
        Assert.Equal(200, (await shared.Device(key).StartAsync()).Status);
        var one = await AskAsync("GET", $"/{licenses[0]!["id"]}");
        Assert.Equal(("new@example.com", "New", "PREMIUM", "2", "n"), (one.Get("customer_email"), one.Get("customer_name"), one.Get("plan"), one.Get("seats"), one.Get("note")));
        Assert.DoesNotContain(key, one.Text, StringComparison.Ordinal);
        Assert.Equal(1, await shared.ReadAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "license.create" && entry.After!.Contains("new@example.com"))));
    }

    [Fact]
    public async Task A_lifetime_has_no_end_and_a_given_end_is_kept()
    {
        Assert.Null((await AskAsync("POST", "", """{"email": "ada@example.com", "lifetime": true}""")).Get("expires_at"));
        Assert.Equal("2099-01-31T12:00:00Z", (await AskAsync("POST", "", """{"email": "ada@example.com", "expires_at": "2099-01-31T12:00:00Z"}""")).Get("expires_at"));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("""{"email": "ada@example.com"}""")]
    [InlineData("""{"email": "ada", "days": 30}""")]
    [InlineData("""{"email": "ada@example.com", "days": 30, "lifetime": true}""")]
    [InlineData("""{"email": "ada@example.com", "days": 0}""")]
    [InlineData("""{"email": "ada@example.com", "days": 30, "count": 1001}""")]
    [InlineData("""{"email": "ada@example.com", "days": 30, "count": 0}""")]
    [InlineData("""{"email": "ada@example.com", "days": 30, "seets": 2}""")]
    public async Task What_cannot_be_made_is_a_problem_and_makes_nothing(string body)
    {
        var before = await shared.ReadAsync(db => db.Licenses.CountAsync());
        var answer = await AskAsync("POST", "", body);
        Assert.Equal((400, true), (answer.Status, answer.Get("code") is "invalid" or "bad_request"));
        Assert.Equal(before, await shared.ReadAsync(db => db.Licenses.CountAsync()));
    }

    [Fact]
    public async Task Plan_and_note_change_and_a_note_goes()
    {
        var license = await Portal.CreateLicenseAsync();
        var changed = await AskAsync("PATCH", $"/{license.Id}", """{"plan": "PREMIUM", "note": "paid by wire"}""");
        Assert.Equal(("PREMIUM", "paid by wire", "2"), (changed.Get("plan"), changed.Get("note"), changed.Get("version")));
        Assert.Null((await AskAsync("PATCH", $"/{license.Id}", """{"note": null}""")).Get("note"));
    }

    [Theory]
    [InlineData("PATCH", "", """{"seats": 2, "version": 1}""")]
    [InlineData("POST", "/suspend", """{"version": 1}""")]
    [InlineData("POST", "/key", """{"version": 1}""")]
    [InlineData("DELETE", "", """{"version": 1}""")]
    public async Task The_second_of_two_is_told_how_the_license_is_now(string method, string path, string body)
    {
        var license = await Portal.CreateLicenseAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(7));

        var late = await AskAsync(method, $"/{license.Id}{path}", body);

        Assert.Equal((409, "outdated"), (late.Status, late.Get("code")));
        Assert.Equal((7, 2), (late.Json["license"]!["seats"]!.GetValue<int>(), late.Json["license"]!["version"]!.GetValue<int>()));
    }

    [Fact]
    public async Task The_version_may_stand_in_a_header()
    {
        var license = await Portal.CreateLicenseAsync();
        Assert.Equal(409, (await AskAsync("PATCH", $"/{license.Id}", """{"seats": 2}""", ifMatch: "\"2\"")).Status);
        Assert.Equal(400, (await AskAsync("PATCH", $"/{license.Id}", """{"seats": 2}""", ifMatch: "\"x\"")).Status);
        Assert.Equal(400, (await AskAsync("PATCH", $"/{license.Id}", """{"seats": 2, "version": 2}""", ifMatch: "\"1\"")).Status);
        Assert.Equal(200, (await AskAsync("PATCH", $"/{license.Id}", """{"seats": 2}""", ifMatch: "\"1\"")).Status);
    }

    [Fact]
    public async Task Another_key_locks_the_old_one_out()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        var replaced = await AskAsync("POST", $"/{license.Id}/key", """{"reason": "posted in a forum"}""");

        Assert.Equal((200, 1), (replaced.Status, replaced.Json["license"]!["sessions_ended"]!.GetValue<int>()));
        Assert.Equal("unknown_key", (await a.BeatAsync()).Get("code"));
        Assert.Equal(200, (await shared.Device(replaced.Get("key")!).StartAsync()).Status);
    }

    [Fact]
    public async Task A_deleted_license_is_gone()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        var deleted = await AskAsync("DELETE", $"/{license.Id}", "");

        Assert.Equal((200, "1"), (deleted.Status, deleted.Get("sessions_ended")));
        Assert.Equal((404, 404), ((await AskAsync("GET", $"/{license.Id}")).Status, (await AskAsync("DELETE", $"/{license.Id}", "")).Status));
        Assert.Equal("unknown_key", (await a.BeatAsync()).Get("code"));
    }

    [Fact]
    public async Task Many_at_once_by_number_tell_of_each()
    {
        var (good, twice) = (await Portal.CreateLicenseAsync(), await Portal.CreateLicenseAsync());
        await Portal.ChangeLicenseAsync(twice.Id, new LicenseChange.Suspend());
        var cancelled = await Portal.CreateLicenseAsync();
        await Portal.ChangeLicenseAsync(cancelled.Id, new LicenseChange.Cancel());

        var answer = await AskAsync("POST", "/bulk", $$"""{"action": "suspend", "ids": [{{good.Id}}, {{twice.Id}}, {{cancelled.Id}}, 999999, {{good.Id}}], "reason": "unpaid"}""", role: PortalRole.Support);

        Assert.Equal((200, "1", "2", "1"), (answer.Status, answer.Get("done"), answer.Get("unchanged"), answer.Get("refused")));
        Assert.Equal(["done", "unchanged", "refused", "unchanged"], answer.Json["results"]!.AsArray().Select(item => item!["result"]!.GetValue<string>()));
        Assert.Equal("suspended", (await AskAsync("GET", $"/{good.Id}")).Get("status"));
    }

    [Fact]
    public async Task Many_at_once_by_a_filter_are_those_of_the_list()
    {
        var customer = $"{Guid.NewGuid():N}@example.com";
        for (var i = 0; i < 3; i++) await Portal.CreateLicenseAsync(customer);
        var answer = await AskAsync("POST", "/bulk", $$$"""{"action": "delete", "filter": {"search": "{{{customer}}}", "state": "active"}}""");
        Assert.Equal((200, "3"), (answer.Status, answer.Get("done")));
        Assert.Empty((await AskAsync("GET", $"?search={customer}")).Json["licenses"]!.AsArray());
    }

    [Theory]
    [InlineData("x", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "suspend"}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "suspend", "filter": {}}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "suspend", "filter": {"sate": "active"}}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "suspend", "filter": {"plan": "X"}, "ids": []}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "suspend", "ids": [1.5]}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "reveal", "ids": [1]}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "extend", "ids": [1]}""", 400, PortalRole.Administrator)]
    [InlineData("""{"action": "cancel", "ids": [1]}""", 403, PortalRole.Support)]
    [InlineData("""{"action": "delete", "ids": [1]}""", 403, PortalRole.Support)]
    [InlineData("""{"action": "suspend", "ids": [1]}""", 403, PortalRole.Viewer)]
    public async Task Many_at_once_are_not_done_where_one_could_be_mistaken(string body, int status, PortalRole role) =>
        Assert.Equal(status, (await AskAsync("POST", "/bulk", body, role: role)).Status);

    [Fact]
    public async Task More_than_ten_thousand_are_too_many()
    {
        var ids = new JsonArray([.. Enumerable.Range(1_000_000, LicenseBulk.Most + 1).Select(id => (JsonNode)id)]);
        Assert.Equal(400, (await AskAsync("POST", "/bulk", $$"""{"action": "suspend", "ids": {{ids.ToJsonString()}}}""")).Status);
    }

    [Fact]
    public async Task A_device_that_is_kept_out_is_listed_until_it_is_let_in()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = Guid.Parse((await a.StartAsync()).Get("session_id")!);
        await Portal.Service.LogOutAsync(PortalServer.Admin, [session], "shared key", TimeSpan.FromDays(1));

        var kept = Assert.Single((await AskAsync("GET", $"/{license.Id}/devices/kept-out")).Json["devices"]!.AsArray())!;
        Assert.Equal((a.Fingerprint, "shared key"), (kept["device"]!.GetValue<string>(), kept["reason"]!.GetValue<string>()));
        Assert.Equal("kept_out", (await a.StartAsync()).Get("code"));
        foreach (var was in new[] { "true", "false" })
            Assert.Equal((200, was), ((await AskAsync("POST", $"/{license.Id}/devices/{a.Fingerprint}/let-in", "")) is var let ? let.Status : 0, let.Get("was_kept_out")));

        Assert.Equal(200, (await a.StartAsync()).Status);
        Assert.Empty((await AskAsync("GET", $"/{license.Id}/devices/kept-out")).Json["devices"]!.AsArray());
        Assert.Equal(404, (await AskAsync("POST", "/999999/devices/x/let-in", "")).Status);
    }

    [Fact]
    public async Task A_device_is_kept_out_whether_it_is_online_or_not()
    {
        var (license, offline, online) = await shared.CreateDevicesAsync();
        await offline.StartAsync();
        await offline.ReleaseAsync();
        await online.StartAsync();

        var answer = await AskAsync("POST", $"/{license.Id}/devices/{offline.Fingerprint}/keep-out", """{"minutes": 30, "reason": "sold"}""", PortalRole.Support);
        Assert.Equal((200, offline.Fingerprint, "false"), (answer.Status, answer.Get("device"), answer.Get("was_live")));
        Assert.Equal("kept_out", (await offline.StartAsync()).Get("code"));
        Assert.Equal(200, (await online.BeatAsync()).Status);

        answer = await AskAsync("POST", $"/{license.Id}/devices/{online.Fingerprint}/keep-out", """{"until_lifted": true, "reason": "shared key"}""", PortalRole.Support);
        Assert.Equal((200, null, "true"), (answer.Status, answer.Get("until"), answer.Get("was_live")));
        Assert.Equal("kept_out", (await online.BeatAsync()).Get("code"));
        Assert.Equal(2, (await AskAsync("GET", $"/{license.Id}/devices/kept-out")).Json["devices"]!.AsArray().Count);
        Assert.Equal(2, (await shared.AuditAsync($"{license.Id}")).Count(entry => entry is { Action: "device.keep_out", ActorKind: ActorKind.Token }));
        Assert.Equal(404, (await AskAsync("POST", "/999999/devices/x/keep-out", """{"minutes": 1, "reason": "r"}""")).Status);
    }

    [Theory]
    [InlineData("""{"minutes": 30}""", "reason")]
    [InlineData("""{"reason": " ", "minutes": 30}""", "reason")]
    [InlineData("""{"reason": "r"}""", "minutes")]
    [InlineData("""{"reason": "r", "minutes": 0}""", "minutes")]
    [InlineData("""{"reason": "r", "minutes": 525601}""", "minutes")]
    [InlineData("""{"reason": "r", "minutes": 5, "until_lifted": true}""", "minutes")]
    [InlineData("""{"reason": "r", "keep_out_minutes": 5}""", "keep_out_minutes")]
    public async Task How_long_a_device_is_kept_out_and_why_must_be_said(string body, string field)
    {
        var license = await Portal.CreateLicenseAsync();
        var answer = await AskAsync("POST", $"/{license.Id}/devices/d/keep-out", body);
        Assert.Equal((400, "invalid"), (answer.Status, answer.Get("code")));
        Assert.NotNull(answer.Json["errors"]![field]);
        Assert.Empty((await AskAsync("GET", $"/{license.Id}/devices/kept-out")).Json["devices"]!.AsArray());
    }

    private async Task<Answered> AskAsync(string method, string path, string body = "", PortalRole role = PortalRole.Administrator, string? ifMatch = null)
    {
        using var script = await Portal.CreateScriptAsync(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/admin/licenses" + path);
        if (ifMatch is not null) request.Headers.Add("If-Match", ifMatch);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await script.SendAsync(request);
        return await Answered.ReadAsync(response);
    }
}
