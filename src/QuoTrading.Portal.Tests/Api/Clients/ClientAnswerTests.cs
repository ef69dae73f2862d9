using System.Text.Json.Nodes;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, Endpoints for clients: every success answer, member by member.</summary>
public sealed class ClientAnswerTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private const string Session = """ "session_id": "*", "heartbeat_interval_seconds": 30, "session_timeout_seconds": 90 """;

    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task Main_answers_a_login_with_the_license_and_the_session()
    {
        var (a, expiry) = await CreateAsync();

        AssertJson($$"""
            {"status": "success", "license_valid": true, "message": "Valid MONTHLY license", "license_expiration": "{{expiry}}",
             "days_until_expiration": 29, "hours_until_expiration": 719.9, "signal_confidence": 0.5, "experiences_used": 0,
             "signal_type": "NEUTRAL", "regime": "RANGING", {{Session}}}
            """, await a.LogInAsync());
    }

    [Fact]
    public async Task Main_without_a_device_only_validates()
    {
        var (a, expiry) = await CreateAsync();

        var answer = await Portal.PostAsync("/api/main", new { license_key = a.Key });

        AssertJson($$"""
            {"status": "success", "license_valid": true, "message": "Valid MONTHLY license", "license_expiration": "{{expiry}}",
             "days_until_expiration": 29, "hours_until_expiration": 719.9, "signal_confidence": 0.5, "experiences_used": 0,
             "signal_type": "NEUTRAL", "regime": "RANGING"}
            """, answer);
        Assert.Equal("info", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task Main_without_a_device_validates_while_another_device_holds_the_license()
    {
        var (a, _) = await CreateAsync();
        await a.StartAsync();

        Assert.Equal(200, (await Portal.PostAsync("/api/main", new { license_key = a.Key })).Status);
    }

    [Fact]
    public async Task Main_echoes_signal_type_and_regime()
    {
        var (a, _) = await CreateAsync();

        var answer = await a.AskAsync("/api/main", ("signal_type", "LONG"), ("regime", "HIGH_VOL_TRENDING"));

        Assert.Equal(("LONG", "HIGH_VOL_TRENDING"), (answer.Get("signal_type"), answer.Get("regime")));
    }

    [Theory]
    [InlineData("MONTHLY")]
    [InlineData("PREMIUM")]
    [InlineData("Pro Trader")]
    public async Task Main_names_the_plan_that_old_launchers_guess_the_license_type_from(string plan)
    {
        var (_, a, _) = await shared.CreateDevicesAsync(plan: plan);

        Assert.Equal($"Valid {plan} license", (await a.LogInAsync()).Get("message"));
        Assert.Equal(plan, (await a.StartAsync()).Get("license_type"));
    }

    [Fact]
    public async Task Validate_license_answers_a_bots_start()
    {
        var (a, expiry) = await CreateAsync();

        AssertJson($$"""
            {"license_valid": true, "message": "License validated successfully", "session_conflict": false, "license_type": "MONTHLY",
             "expiry_date": "{{expiry}}", {{Session}}}
            """, await a.StartAsync());
    }

    [Fact]
    public async Task Validate_license_with_check_only_answers_the_same_and_creates_nothing()
    {
        var (a, expiry) = await CreateAsync();

        AssertJson($$"""
            {"license_valid": true, "message": "License validated successfully (check only)", "session_conflict": false,
             "license_type": "MONTHLY", "expiry_date": "{{expiry}}"}
            """, await a.CheckAsync());
        Assert.Equal("info", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task Validate_license_with_check_only_false_is_a_login()
    {
        var (a, _) = await CreateAsync();

        Assert.NotNull((await a.AskAsync("/api/validate-license", ("check_only", false))).Get("session_id"));
    }

    [Fact]
    public async Task A_check_of_the_holder_does_not_prolong_its_session()
    {
        var (a, _) = await CreateAsync();
        await a.StartAsync();
        await Portal.PassAsync(80);
        Assert.Equal(200, (await a.CheckAsync()).Status);

        await Portal.PassAsync(10);

        Assert.Equal("info", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task Heartbeat_answers_with_the_license_and_the_session()
    {
        var (a, expiry) = await CreateAsync();
        var session = (await a.StartAsync()).Get("session_id");

        var beat = await a.BeatAsync(("bot_version", "2.0.0"), ("status", "online"), ("metadata", new { symbol = "MES", current_position = 0 }));

        AssertJson($$"""
            {"status": "success", "message": "Heartbeat recorded", "license_valid": true, "session_conflict": false,
             "license_expiration": "{{expiry}}", "days_until_expiration": 29, "hours_until_expiration": 719.9, {{Session}}}
            """, beat);
        Assert.Equal(session, beat.Get("session_id"));
    }

    [Fact]
    public async Task A_lifetime_license_has_no_expiry_anywhere()
    {
        var (_, a, _) = await shared.CreateDevicesAsync(plan: "LIFETIME", term: new LicenseTerm.Lifetime());

        var main = await a.LogInAsync();
        var start = await a.StartAsync();
        var beat = await a.BeatAsync();

        foreach (var member in new[] { "license_expiration", "days_until_expiration", "hours_until_expiration" })
        {
            Assert.True(main.Json.ContainsKey(member) && beat.Json.ContainsKey(member), member);
            Assert.Equal((null, null), (main.Json[member], beat.Json[member]));
        }

        Assert.True(start.Json.ContainsKey("expiry_date") && start.Json["expiry_date"] is null);
    }

    [Theory]
    [InlineData(48 * 3600, 2, 48)]
    [InlineData((48 * 3600) - 1, 1, 47.99)]
    [InlineData(3600, 0, 1)]
    [InlineData(90, 0, 0.02)]
    [InlineData(20, 0, 0.01)]
    [InlineData(1, 0, 0.01)]
    public async Task Days_are_whole_and_hours_never_reach_zero_while_the_license_is_served(int secondsLeft, int days, double hours)
    {
        var (_, a, _) = await shared.CreateDevicesAsync(term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddSeconds(secondsLeft)));

        foreach (var answer in new[] { await a.LogInAsync(), await a.BeatAsync() })
            Assert.Equal((days, hours), (answer.Json["days_until_expiration"]!.GetValue<int>(), answer.Json["hours_until_expiration"]!.GetValue<double>()));
    }

    [Fact]
    public async Task An_expiry_with_a_fraction_of_a_second_is_told_without_it()
    {
        var expiry = new DateTime(2026, 3, 4, 5, 6, 7, 891, DateTimeKind.Utc);
        var (_, a, _) = await shared.CreateDevicesAsync(term: new LicenseTerm.Until(expiry));

        Assert.Equal("2026-03-04T05:06:07", (await a.LogInAsync()).Get("license_expiration"));
        Assert.Equal("2026-03-04T05:06:07", (await a.StartAsync()).Get("expiry_date"));
        Assert.Equal("2026-03-04T05:06:07", (await a.BeatAsync()).Get("license_expiration"));
    }

    [Fact]
    public async Task Release_ends_the_session_and_a_second_one_is_harmless()
    {
        var (a, _) = await CreateAsync();
        await a.StartAsync();

        AssertJson("""{"status": "success", "message": "Session released successfully"}""", await a.ReleaseAsync());
        AssertJson("""{"status": "info", "message": "No active session found for this device"}""", await a.ReleaseAsync());
    }

    [Fact]
    public async Task Clear_with_nothing_stale_says_so()
    {
        var (a, _) = await CreateAsync();

        AssertJson("""{"status": "success", "message": "No stale sessions found", "sessions_cleared": 0}""",
            await Portal.PostAsync("/api/session/clear", new { license_key = a.Key }));
    }

    [Fact]
    public async Task Clear_ends_what_is_stale_before_the_sweeper_came()
    {
        var (a, _) = await CreateAsync();
        await a.StartAsync();
        await Portal.PassAsync(89.9);
        // Less than the sweeper's half second.
        Portal.Time.Advance(TimeSpan.FromMilliseconds(100));

        var cleared = await Portal.PostAsync("/api/session/clear", new { license_key = a.Key });

        // A tick of the sweeper may have come first: then there is nothing left.
        Assert.Equal(cleared.Get("sessions_cleared") == "1" ? "Stale sessions cleared" : "No stale sessions found", cleared.Get("message"));
        Assert.Equal("info", (await a.ReleaseAsync()).Get("status"));
    }

    [Fact]
    public async Task Hello_names_the_endpoints()
    {
        using var response = await Portal.Http.GetAsync(new Uri("/api/hello", UriKind.Relative));
        var hello = await Answered.ReadAsync(response);

        Assert.Equal((200, "success"), (hello.Status, hello.Get("status")));
        Assert.NotEmpty(hello.Get("message")!);
        var endpoints = hello.Json["endpoints"]!.AsArray().Select(e => e!.GetValue<string>()).ToList();
        foreach (var path in new[] { "/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear", "/api/hello" })
            Assert.Contains(endpoints, e => e.EndsWith(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/api/main")]
    [InlineData("GET", "/api/main?x=1")]
    [InlineData("GET", "/api/main/")]
    [InlineData("HEAD", "/api/main")]
    [InlineData("PUT", "/api/main")]
    [InlineData("GET", "/api/heartbeat")]
    [InlineData("GET", "/api/validate-license")]
    [InlineData("DELETE", "/api/session/release")]
    public async Task Any_method_but_post_is_a_405_with_nothing_in_it_and_no_redirect(string method, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Portal.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await http.SendAsync(request);

        Assert.Equal((405, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.False(response.Headers.Contains("Location") || response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("POST", "/api/hello")]
    [InlineData("POST", "/api/v1/main")]
    [InlineData("POST", "/api/session")]
    public async Task An_unknown_path_under_api_is_a_404_in_json(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await Portal.Http.SendAsync(request);
        var answer = await Answered.ReadAsync(response);

        Assert.Equal((404, "error", "not_found"), (answer.Status, answer.Get("status"), answer.Get("code")));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Answers_are_json_without_cookies()
    {
        var (a, _) = await CreateAsync();
        using var body = System.Net.Http.Json.JsonContent.Create(new { license_key = a.Key, device_fingerprint = a.Fingerprint });
        using var response = await Portal.Http.PostAsync(new Uri("/api/main", UriKind.Relative), body);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task The_content_type_does_not_matter(string? contentType)
    {
        var (a, _) = await CreateAsync();
        using var body = new StringContent($$"""{"license_key": "{{a.Key}}", "device_fingerprint": "{{a.Fingerprint}}"}""");
        body.Headers.ContentType = contentType is null ? null : new(contentType);

        Assert.Equal(200, (await Portal.PostRawAsync("/api/main", body)).Status);
    }

    // 30 days less six minutes: 29 days and 719.9 hours, as an answer says.
    private async Task<(ClientDevice Device, string Expiry)> CreateAsync()
    {
        var expiry = Portal.Time.Now.UtcDateTime.AddMinutes((30 * 24 * 60) - 6);
        var (_, a, _) = await shared.CreateDevicesAsync(term: new LicenseTerm.Until(expiry));
        return (a, expiry.ToString("yyyy-MM-dd'T'HH:mm:ss"));
    }

    private static void AssertJson(string expected, Answered answer)
    {
        Assert.Equal(200, answer.Status);
        var json = answer.Json.DeepClone().AsObject();
        if (json.ContainsKey("session_id"))
        {
            Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", answer.Get("session_id"));
            json["session_id"] = "*";
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), json), $"Expected {expected}\nbut was {answer.Text}");
    }
}
