using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using QuoTrading.Portal.Tests.Support;
using QuoTrading.Testing;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>The portal that plays for authors' own tests in C#, with the real client. The one in Python has the same tests.</summary>
public sealed class FakePortalTests : IAsyncLifetime
{
    private readonly string profile = Directory.CreateTempSubdirectory("profile-").FullName;
    private readonly List<LicenseSession> clients = [];
    private readonly HttpClient http = new();
    private FakePortal portal = new(new FakePortalOptions { SessionTimeout = 20, DisconnectGrace = 3 });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        portal.Speak();
        foreach (var client in clients) await client.DisposeAsync();
        await portal.DisposeAsync();
        http.Dispose();
        Directory.Delete(profile, recursive: true);
    }

    [Fact]
    public async Task One_device_at_a_time_has_the_license()
    {
        var (first, second) = (await HeldAsync(), Client(device: "eeeeeeeeeeeeeeee"));

        Assert.False(await LogInAsync(second));
        Assert.Equal(("session_conflict", "ffffffff...", 20.0), (second.Reason!.Code, second.Reason.ActiveDevice, second.Reason.WaitSeconds));
        Assert.True(await first.ReleaseAsync());
        Assert.False(portal.IsHeld);
        Assert.True(await LogInAsync(second));
        Assert.True(portal.IsHeld);
    }

    [Fact]
    public async Task It_refuses_what_it_is_told_to()
    {
        portal.Refuse("license_expired");
        var client = Client();

        Assert.False(await LogInAsync(client));
        Assert.Equal(("license_expired", "License expired"), (client.Reason!.Code, client.Reason.Message));
        portal.Allow();
        Assert.True(await LogInAsync(client));

        var other = Client(key: "ANOTHER-KEY");
        Assert.False(await LogInAsync(other));
        Assert.Equal("unknown_key", other.Reason!.Code);
    }

    [Fact]
    public async Task A_refusal_says_what_the_test_wants_it_to()
    {
        portal.Refuse("session_conflict", "Elsewhere.", new { active_device = "01234567...", estimated_wait_seconds = 7 });
        var client = Client();

        Assert.False(await LogInAsync(client));
        Assert.Equal(("Elsewhere.", "01234567...", 7.0), (client.Reason!.Message, client.Reason.ActiveDevice, client.Reason.WaitSeconds));
        Assert.Throws<ArgumentException>(() => portal.Refuse(" "));
        Assert.Throws<ArgumentException>(() => portal.Refuse("kept_out", fields: 7));
    }

    [Fact]
    public async Task An_administrator_logs_out_and_only_a_login_begins_anew()
    {
        var (client, launcher) = (await HeldAsync(), await HeldAsync(app: "launcher"));
        await Until.TrueAsync(() => client.IsStreaming && launcher.IsStreaming, "their streams are open");

        portal.LogOut();

        await Until.TrueAsync(() => client.IsOver && launcher.IsOver, "over");
        Assert.Equal(("forced_logout", false), (client.Reason!.Code, client.MayOpen));
        Assert.True(await LogInAsync(client));
    }

    /// <summary>No heartbeat and no sign of the stream is due, so nothing but the event itself can tell.</summary>
    [Fact]
    public async Task What_happens_is_on_its_way_at_once()
    {
        await UseAsync(new FakePortalOptions { HeartbeatInterval = 3600, SessionTimeout = 3600, Keepalive = 3600 });
        var client = await HeldAsync();
        await Until.TrueAsync(() => client.IsStreaming, "open");

        portal.LogOut("license_suspended", "Not paid.");

        await Until.TrueAsync(() => client.IsOver, "over");
        Assert.Equal(("license_suspended", "Not paid."), (client.Reason!.Code, client.Reason.Message));
    }

    [Fact]
    public async Task A_time_out_is_resumed_and_what_was_given_away_is_not()
    {
        var client = await HeldAsync();
        await Until.TrueAsync(() => client.IsStreaming, "open");
        portal.LogOut("timed_out");
        await Until.TrueAsync(() => client.State == LicenseState.Renewed, "renewed");
        await Until.TrueAsync(() => client.IsStreaming, "open again");

        portal.GiveAway();

        await Until.TrueAsync(() => client.IsOver, "over");
        Assert.Equal(("session_conflict", "someone ..."), (client.Reason!.Code, client.Reason.ActiveDevice));
    }

    [Fact]
    public async Task It_falls_silent_and_speaks_again()
    {
        var client = await HeldAsync();
        await Until.TrueAsync(() => client.IsStreaming, "open");

        portal.FallSilent();
        await Until.TrueAsync(() => !client.MayOpen, "no position is opened");
        Assert.False(client.IsOver);

        portal.Speak();
        await Until.TrueAsync(() => client.MayOpen, "again");
    }

    [Fact]
    public async Task What_happened_in_silence_is_said_after_it()
    {
        await UseAsync(new FakePortalOptions { HeartbeatInterval = 3600, SessionTimeout = 3600, Keepalive = 3600 });
        var client = await HeldAsync();
        await Until.TrueAsync(() => client.IsStreaming, "open");

        portal.FallSilent();
        portal.LogOut("license_suspended"); // a heartbeat is not told so
        portal.Speak();

        await Until.TrueAsync(() => client.IsOver, "over");
        Assert.Equal("license_suspended", client.Reason!.Code);
    }

    [Fact]
    public async Task It_says_what_it_was_asked()
    {
        var client = await HeldAsync(symbol: "ES");
        await Until.TrueAsync(() => portal.RequestsOf("heartbeat").Count > 0, "a beat");
        Assert.True(await client.HandOverAsync());

        Assert.Equal("/api/main", portal.Requests[0].Path);
        Assert.Equal("ES", (string?)portal.RequestsOf("main")[0].Body["symbol"]);
        Assert.True((bool?)portal.RequestsOf("release")[0].Body["handover"]);
        Assert.Throws<InvalidOperationException>(() => portal.Keys);
    }

    [Fact]
    public async Task One_that_signs_is_believed_and_another_one_is_not()
    {
        await UseAsync(new FakePortalOptions { Signed = true });
        var client = await HeldAsync(keys: portal.Keys);
        await Until.TrueAsync(() => client.IsStreaming, "its stream is believed");
        Assert.Equal(LicenseState.Held, client.State);
        await client.ReleaseAsync();

        await using var other = new FakePortal(new FakePortalOptions { Signed = true });
        var deceived = Client(keys: other.Keys);
        Assert.False(await deceived.LogInAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        Assert.Equal("not_signed", deceived.Reason!.Code);
    }

    [Theory]
    [InlineData("POST", "/api/unknown", "{}", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/main", "{}", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/api/main", "not JSON", HttpStatusCode.BadRequest)]
    public async Task What_no_client_sends_is_told_so(string method, string path, string body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), portal.Address + path) { Content = new StringContent(body, Encoding.UTF8) };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("error", (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["status"]);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Its_end_ends_the_streams_properly_and_twice_is_harmless()
    {
        using (var login = await PostAsync("/api/validate-license")) Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var stream = await PostAsync("/api/session/stream");
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);

        portal.Dispose();
        await portal.DisposeAsync();

        Assert.StartsWith("event: hello\n", await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/api/heartbeat"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3601)]
    [InlineData(double.NaN)]
    public void A_time_that_no_client_believes_is_refused(double seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FakePortal(new FakePortalOptions { SessionTimeout = seconds }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FakePortal(new FakePortalOptions { Keepalive = seconds }));
    }

    private static Task<bool> LogInAsync(LicenseSession client) => client.LogInAsync(cancellationToken: TestContext.Current.CancellationToken);

    private async Task UseAsync(FakePortalOptions options)
    {
        await portal.DisposeAsync();
        portal = new FakePortal(options);
    }

    private LicenseSession Client(string app = "bot", string device = "ffffffffffffffff", string? key = null, string? symbol = null, IReadOnlyList<string>? keys = null)
    {
        var options = new LicenseOptions { App = app, Fingerprint = device, Symbol = symbol, ProfileFolder = profile };
        if (keys is not null) options.Keys = keys;
        var client = new LicenseSession(portal.Address, key ?? portal.Key, options);
        clients.Add(client);
        return client;
    }

    private async Task<LicenseSession> HeldAsync(string app = "bot", string? symbol = null, IReadOnlyList<string>? keys = null)
    {
        var client = Client(app, symbol: symbol, keys: keys);
        Assert.True(await LogInAsync(client), client.Reason?.ToString());
        return client;
    }

    private Task<HttpResponseMessage> PostAsync(string path)
    {
        var body = new JsonObject { ["license_key"] = portal.Key, ["device_fingerprint"] = "ffffffffffffffff", ["app"] = "bot" }.ToJsonString();
        var request = new HttpRequestMessage(HttpMethod.Post, portal.Address + path) { Content = new StringContent(body, Encoding.UTF8) };
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
