using System.Text;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>docs/protocol.md, Endpoints for administrators' scripts: who may do what, and what is answered.</summary>
public sealed class AdminApiTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private const string Nobody = "00000000-0000-7000-8000-000000000000";

    private PortalServer Portal => shared.Server;

    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "GET", "/api/admin/sessions", "" },
        { "POST", $"/api/admin/sessions/{Nobody}/logout", """{"reason": "shared key"}""" },
        { "GET", "/api/admin/settings", "" },
        { "PUT", "/api/admin/settings", "{}" },
        { "GET", "/api/admin/nothing", "" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Without_a_good_token_there_is_a_problem_with_a_code_and_no_redirect(string method, string path, string body)
    {
        var expired = await MakeTokenAsync(PortalRole.Administrator, Portal.Time.Now.UtcDateTime.AddMinutes(1));
        await Portal.PassAsync(60);
        var (name, revoked) = ($"revoked-{Guid.NewGuid():N}", "");
        revoked = await MakeTokenAsync(PortalRole.Administrator, null, name);
        await Portal.Services.GetRequiredService<ApiTokens>().RevokeAsync(PortalServer.Admin, name);

        foreach (var (authorization, code) in new (string?, string)[]
        {
            (null, "token_missing"), ("Bearer", "token_invalid"), ("Bearer qtp_wrong", "token_invalid"), ("Basic YWRtaW46YWRtaW4=", "token_invalid"),
            ($"Bearer {expired}", "token_invalid"), ($"Bearer {revoked}", "token_invalid"), ($"Bearer {new string('x', 5000)}", "token_invalid"),
        })
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
            if (authorization is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
            var answer = await SendAsync(http, method, path, body);
            AssertProblem(answer, 401, code);
        }
    }

    [Theory]
    [InlineData("GET", "/api/admin/sessions", "", 200, 200, 200)]
    [InlineData("POST", $"/api/admin/sessions/{Nobody}/logout", """{"reason": "shared key"}""", 403, 404, 404)]
    [InlineData("GET", "/api/admin/settings", "", 200, 200, 200)]
    [InlineData("PUT", "/api/admin/settings", "{}", 403, 403, 200)]
    [InlineData("GET", "/api/admin/nothing", "", 404, 404, 404)]
    [InlineData("DELETE", "/api/admin/settings", "", 404, 404, 404)]
    public async Task A_role_may_do_what_it_may_and_no_more(string method, string path, string body, int viewer, int support, int administrator)
    {
        foreach (var (role, status) in new[] { (PortalRole.Viewer, viewer), (PortalRole.Support, support), (PortalRole.Administrator, administrator) })
        {
            using var script = await Portal.CreateScriptAsync(role);
            var answer = await SendAsync(script, method, path, body);
            Assert.Equal((role, status), (role, answer.Status));
            if (status != 200) AssertProblem(answer, status, status == 403 ? "forbidden" : "not_found");
        }
    }

    [Fact]
    public async Task The_online_list_tells_of_a_session_what_its_client_told()
    {
        var (license, a, _) = await shared.CreateDevicesAsync(plan: "PREMIUM");
        var session = (await a.StartAsync()).Get("session_id");
        await Portal.PassAsync(5);
        await a.BeatAsync(("bot_version", "2.0.0"), ("status", "online"), ("symbol", "MES"), ("device_name", "tower"),
            ("metadata", new { current_position = 2, position_pnl = 12.5, session_pnl = -3 }));

        var item = (await ListAsync("?limit=1000")).Json["sessions"]!.AsArray().Single(s => s!["session_id"]!.GetValue<string>() == session)!.AsObject();

        Assert.Equal((license.Id, "ada@example.com", "PREMIUM"), (item["license_id"]!.GetValue<long>(), item["customer_email"]!.GetValue<string>(), item["plan"]!.GetValue<string>()));
        Assert.Equal((a.Fingerprint, "tower", "127.0.0.1"), (item["device"]!.GetValue<string>(), item["device_name"]!.GetValue<string>(), item["address"]!.GetValue<string>()));
        Assert.Equal(("2.0.0", "online", "MES"), (item["bot_version"]!.GetValue<string>(), item["status"]!.GetValue<string>(), item["symbol"]!.GetValue<string>()));
        Assert.Equal((2m, 12.5m, -3m), (item["position"]!.GetValue<decimal>(), item["position_pnl"]!.GetValue<decimal>(), item["session_pnl"]!.GetValue<decimal>()));
        Assert.DoesNotContain(license.Key, item.ToJsonString(), StringComparison.Ordinal);
        foreach (var time in new[] { "started_at", "last_seen_at", "stale_at" }) Assert.EndsWith("Z", item[time]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(90), item["stale_at"]!.GetValue<DateTime>() - item["last_seen_at"]!.GetValue<DateTime>());
    }

    [Fact]
    public async Task Pages_of_the_online_list_hold_every_session_once_newest_first()
    {
        var license = await Portal.CreateLicenseAsync(seats: 7);
        var started = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            started.Add((await shared.Device(license.Key).StartAsync()).Get("session_id")!);
            await Portal.PassAsync(1);
        }

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await ListAsync($"?limit=3{(next is null ? "" : $"&after={next}")}");
            var ids = page.Json["sessions"]!.AsArray().Select(s => s!["session_id"]!.GetValue<string>()).ToList();
            Assert.True(ids.Count <= 3);
            seen.AddRange(ids);
            next = page.Get("next");
        }
        while (next is not null);

        Assert.Equal(seen.Distinct().OrderDescending(StringComparer.Ordinal), seen);
        Assert.Equal(started.AsEnumerable().Reverse(), seen.Where(started.Contains));
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=x")]
    [InlineData("?limit=99999999999")]
    [InlineData("?limit=")]
    [InlineData("?after=x")]
    [InlineData("?before=01a1ff58-4cfb-7fff-acf0-f39004879ecc")]
    [InlineData("?license=13")]
    [InlineData("?license_id=")]
    [InlineData("?license_id=x")]
    [InlineData("?license_id=1&license_id=2")]
    [InlineData("?customer=")]
    [InlineData("?device=%3D")]
    public async Task A_page_that_cannot_be_is_a_problem(string query) => AssertProblem(await ListAsync(query), 400, "invalid");

    [Theory]
    [InlineData("/api/admin/statistics")]
    [InlineData("/api/admin/system")]
    [InlineData("/api/admin/settings")]
    public async Task What_takes_no_parameters_refuses_them(string path)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        Assert.Equal(200, (await SendAsync(script, "GET", path, "")).Status);

        var refused = await SendAsync(script, "GET", path + "?license_id=13", "");

        AssertProblem(refused, 400, "invalid");
        Assert.Contains("There is no parameter license_id here.", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_online_list_is_narrowed_by_license_customer_and_device()
    {
        var name = $"Narrow{Guid.NewGuid():N}";
        var (mine, other) = (await Portal.CreateLicenseAsync($"{name}@example.com", seats: 3), await Portal.CreateLicenseAsync($"{name}2@example.com"));
        var (a, b, c) = (shared.Device(mine.Key), shared.Device(mine.Key), shared.Device(other.Key));
        await a.BeatAsync(("device_name", $"{name}-Tower"));
        await Portal.PassAsync(1);
        await b.BeatAsync(("device_name", $"{name}-laptop"));
        await Portal.PassAsync(1);
        await c.BeatAsync();

        await AssertListedAsync($"?license_id={mine.Id}", b, a);
        await AssertListedAsync($"?license_id={mine.Id}&limit=1", 2, b);
        await AssertListedAsync("?license_id=999999999");
        await AssertListedAsync($"?customer={name}", c, b, a);
        await AssertListedAsync($"?customer={name}@", b, a);
        await AssertListedAsync($"?customer=%3D{name}2@example.com", c);
        await AssertListedAsync($"?customer=%3D{name}");
        await AssertListedAsync($"?device={a.Fingerprint[..12]}", a);
        await AssertListedAsync($"?device=%3D{a.Fingerprint}", a);
        await AssertListedAsync($"?device=%3D{a.Fingerprint[..12]}");
        await AssertListedAsync($"?device={name.ToUpperInvariant()}-", b, a);
        await AssertListedAsync($"?device=%3D{name}-tower", a);
        await AssertListedAsync($"?customer={name}&device={c.Fingerprint}&license_id={mine.Id}");

        Task AssertListedAsync(string query, params object[] expected) => AssertAsync(query, expected is [int total, ..] ? total : expected.Length, [.. expected.OfType<ClientDevice>().Select(d => d.Fingerprint)]);

        async Task AssertAsync(string query, int total, string[] devices)
        {
            var answer = await ListAsync(query);
            Assert.Equal(devices, answer.Json["sessions"]!.AsArray().Select(s => s!["device"]!.GetValue<string>()));
            Assert.Equal(total, answer.Json["total"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task A_logout_answers_with_the_ended_session_and_a_second_one_with_the_same_and_no_second_audit_row()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id")!;

        var first = await LogOutAsync(session, """{"reason": " shared key "}""");
        await Portal.PassAsync(3);
        var second = await LogOutAsync(session, """{"reason": "again", "keep_out_minutes": 5}""");

        Assert.Equal((200, session, "forced_logout", "shared key"), (first.Status, first.Get("session_id"), first.Get("end_reason"), first.Get("end_note")));
        Assert.Equal((a.Fingerprint, license.Id.ToString()), (first.Get("device"), first.Get("license_id")));
        Assert.EndsWith("Z", first.Get("ended_at")!, StringComparison.Ordinal);
        Assert.StartsWith("Support-", first.Get("ended_by")!, StringComparison.Ordinal);
        Assert.Equal((200, first.Text), (second.Status, second.Text));
        var audited = Assert.Single(await shared.AuditAsync(session));
        Assert.Equal(("session.logout", ActorKind.Token, "shared key"), (audited.Action, audited.ActorKind, audited.Reason));
        Assert.Equal("forced_logout", (await a.BeatAsync()).Get("code"));
        var ended = Assert.Single(await shared.EventsAsync(license.Id), e => e.Kind == EventKind.Ended);
        Assert.Equal(("forced_logout", audited.Actor), (ended.Code, ended.By));
    }

    [Fact]
    public async Task A_logout_of_a_session_that_had_ended_leaves_it_as_it_was()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id")!;
        await a.ReleaseAsync();

        var answer = await LogOutAsync(session, """{"reason": "too late"}""");

        Assert.Equal((200, "released", null), (answer.Status, answer.Get("end_reason"), answer.Get("ended_by")));
        Assert.Empty(await shared.AuditAsync(session));
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"reason": null}""")]
    [InlineData("""{"reason": ""}""")]
    [InlineData("""{"reason": "  "}""")]
    [InlineData("""{"reason": 1}""")]
    [InlineData("""{"reason": "\ud800"}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": 0}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": -1}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": 525601}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": 1.5}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": "5"}""")]
    [InlineData("""{"reason": "x", "keep_out_minutes": 1e99}""")]
    public async Task A_logout_without_a_readable_reason_is_a_problem_and_ends_nothing(string body)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id")!;

        var answer = await LogOutAsync(session, body);

        Assert.Equal((400, true), (answer.Status, answer.Get("code") is "invalid" or "bad_request"));
        Assert.Equal(200, (await a.BeatAsync(("session_id", session))).Status);
    }

    [Fact]
    public async Task A_reason_may_have_500_characters_and_no_more()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id")!;

        Assert.Equal(400, (await LogOutAsync(session, $$"""{"reason": "{{new string('x', 501)}}"}""")).Status);
        Assert.Equal(200, (await LogOutAsync(session, $$"""{"reason": "{{new string('x', 500)}}"}""")).Status);
    }

    [Theory]
    [InlineData(Nobody)]
    [InlineData("x")]
    [InlineData("1%27%20OR%201=1")]
    public async Task There_is_no_logout_of_a_session_that_never_was(string id) => AssertProblem(await LogOutAsync(id, """{"reason": "x"}"""), 404, "not_found");

    [Fact]
    public async Task The_list_cannot_be_asked_with_a_cookie_or_a_token_in_the_query()
    {
        var token = await MakeTokenAsync(PortalRole.Administrator, null);
        using var response = await Portal.Http.GetAsync(new Uri($"/api/admin/sessions?access_token={token}&token={token}", UriKind.Relative));

        AssertProblem(await Answered.ReadAsync(response), 401, "token_missing");
    }

    private static void AssertProblem(Answered answer, int status, string code)
    {
        Assert.True(answer.Status == status && answer.Get("code") == code, $"{answer.Status} {answer.Text}, not {status} {code}");
        Assert.Equal(status.ToString(), answer.Get("status"));
        Assert.NotEmpty(answer.Get("title")!);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }

    private async Task<Answered> ListAsync(string query)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        return await SendAsync(script, "GET", "/api/admin/sessions" + query, "");
    }

    private async Task<Answered> LogOutAsync(string session, string body)
    {
        using var script = await Portal.CreateScriptAsync(PortalRole.Support);
        return await SendAsync(script, "POST", $"/api/admin/sessions/{session}/logout", body);
    }

    private async Task<string> MakeTokenAsync(PortalRole role, DateTime? expiresAt, string? name = null)
    {
        var made = await Portal.Services.GetRequiredService<ApiTokens>().CreateAsync(PortalServer.Admin, name ?? $"token-{Guid.NewGuid():N}", role, expiresAt);
        return Assert.IsType<TokenCreation.Created>(made).Token;
    }

    private static async Task<Answered> SendAsync(HttpClient http, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        return await Answered.ReadAsync(response);
    }
}
