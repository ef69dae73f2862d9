using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Admin;

/// <summary>docs/protocol.md, Endpoints for administrators' scripts: history, events, audit log, statistics.</summary>
public sealed class AdminReadingTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private PortalServer Portal => shared.Server;

    [Fact]
    public async Task History_is_filtered_paged_and_told_one_by_one()
    {
        var (license, a, b) = await shared.CreateDevicesAsync(seats: 2);
        var first = (await a.StartAsync()).Get("session_id");
        await a.ReleaseAsync();
        await Portal.PassAsync(1);
        var second = (await a.StartAsync()).Get("session_id");
        await Portal.PassAsync(1);
        var third = (await b.StartAsync()).Get("session_id");

        Assert.Equal([third, second, first], await IdsAsync($"?license_id={license.Id}"));
        Assert.Equal([first], await IdsAsync($"?license_id={license.Id}&end=released"));
        Assert.Equal([third, second], await IdsAsync($"?license_id={license.Id}&live=true"));
        Assert.Equal([second, first], await IdsAsync($"?device=%3D{a.Fingerprint}"));
        Assert.Equal([third], await IdsAsync($"?license_id={license.Id}&from={Uri.EscapeDataString(Portal.Time.Now.UtcDateTime.ToString("o"))}"));
        var page = await AskAsync($"/sessions/history?license_id={license.Id}&limit=2");
        Assert.Equal([first], await IdsAsync($"?license_id={license.Id}&limit=2&after={page.Get("next")}"));

        var one = await AskAsync($"/sessions/{first}");
        Assert.Equal((200, "released", license.Id.ToString()), (one.Status, one.Get("end_reason"), one.Get("license_id")));
        Assert.Null((await AskAsync($"/sessions/{third}")).Get("end_reason"));
        Assert.Equal(404, (await AskAsync("/sessions/00000000-0000-7000-8000-000000000000")).Status);
    }

    [Fact]
    public async Task Events_are_found_by_what_they_are_about()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        await b.StartAsync();

        var refused = Assert.Single((await AskAsync($"/events?license_id={license.Id}&kind=refused&code=session_conflict")).Json["events"]!.AsArray())!;
        Assert.Equal(("refused", b.Fingerprint), (refused["kind"]!.GetValue<string>(), refused["device"]!.GetValue<string>()));
        var began = Assert.Single((await AskAsync($"/events?session_id={session}")).Json["events"]!.AsArray())!;
        Assert.Equal("logged_in", began["kind"]!.GetValue<string>());
        var page = await AskAsync($"/events?license_id={license.Id}&limit=1");
        Assert.Equal("logged_in", (await AskAsync($"/events?license_id={license.Id}&limit=1&after={page.Get("next")}")).Json["events"]![0]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_audit_log_tells_what_changed_and_only_administrators()
    {
        var license = await Portal.CreateLicenseAsync();
        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(3));

        var answer = await AskAsync($"/audit?target_kind=license&target=%3D{license.Id}&action=license.", PortalRole.Administrator);
        var newest = answer.Json["entries"]![0]!;
        Assert.Equal(("person", "license.seats", 1, 3),
            (newest["actor_kind"]!.GetValue<string>(), newest["action"]!.GetValue<string>(), newest["before"]!["seats"]!.GetValue<int>(), newest["after"]!["seats"]!.GetValue<int>()));
        Assert.DoesNotContain(license.Key, answer.Text, StringComparison.Ordinal);
        Assert.Equal(403, (await AskAsync("/audit", PortalRole.Support)).Status);
    }

    [Fact]
    public async Task Statistics_are_the_numbers_of_the_overview()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(5);

        var numbers = await AskAsync("/statistics");
        Assert.Equal(200, numbers.Status);
        Assert.True(numbers.Json["sessions_live"]!.GetValue<int>() >= 1);
        Assert.True(numbers.Json["licenses"]!["active"]!.GetValue<int>() >= 1);
        Assert.NotNull(numbers.Json["licenses"]!["expiring_in_week"]);

        await Portal.PassAsync(60);
        var series = await AskAsync($"/statistics/concurrency?from={At(-600)}&to={At(60)}&step_minutes=1");
        Assert.Equal((200, "1"), (series.Status, series.Get("step_minutes")));
        Assert.NotEmpty(series.Json["steps"]!.AsArray());
    }

    [Theory]
    [InlineData("/sessions/history?limit=0")]
    [InlineData("/sessions/history?limit=1001")]
    [InlineData("/sessions/history?after=x")]
    [InlineData("/sessions/history?from=2026-01-01")]
    [InlineData("/sessions/history?end=x")]
    [InlineData("/sessions/history?end=released&live=true")]
    [InlineData("/sessions/history?live=1")]
    [InlineData("/sessions/history?license=1")]
    [InlineData("/events?kind=x")]
    [InlineData("/events?session_id=x")]
    [InlineData("/events?after=99999999999999999999")]
    [InlineData("/events?license_id=1&license_id=2")]
    [InlineData("/statistics/concurrency?step_minutes=0")]
    [InlineData("/statistics/concurrency?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("/statistics/concurrency?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("/statistics/concurrency?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&step_minutes=1")]
    public async Task A_question_that_cannot_be_read_is_a_problem_and_never_a_filter_left_out(string path)
    {
        var answer = await AskAsync(path);
        Assert.Equal((400, "invalid"), (answer.Status, answer.Get("code")));
    }

    private async Task<IReadOnlyList<string?>> IdsAsync(string query) =>
        [.. (await AskAsync("/sessions/history" + query)).Json["sessions"]!.AsArray().Select(session => session!["session_id"]!.GetValue<string>())];

    private string At(double seconds) => Uri.EscapeDataString(Portal.Time.Now.UtcDateTime.AddSeconds(seconds).ToString("o"));

    private async Task<Answered> AskAsync(string path, PortalRole role = PortalRole.Viewer)
    {
        using var script = await Portal.CreateScriptAsync(role);
        using var response = await script.GetAsync(new Uri("/api/admin" + path, UriKind.Relative));
        return await Answered.ReadAsync(response);
    }
}
