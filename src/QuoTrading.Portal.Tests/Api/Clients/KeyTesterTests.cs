using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>What a test of a key says is what a client is told a moment later, and the test itself leaves no trace.</summary>
public sealed class KeyTesterTests(SharedPortal portal) : IClassFixture<SharedPortal>
{
    private IKeyTester Tester => portal.Server.Services.GetRequiredService<IKeyTester>();

    [Theory]
    [InlineData("free")]
    [InlineData("held by another")]
    [InlineData("own session")]
    [InlineData("suspended")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("logged out")]
    [InlineData("kept out")]
    [InlineData("unknown")]
    public async Task It_says_word_for_word_what_the_endpoints_say_then(string situation)
    {
        var (license, a, b) = await portal.CreateDevicesAsync(term: new LicenseTerm.Days(1));
        var key = situation == "unknown" ? "no-such-key" : license.Key;
        await ArrangeAsync(situation, license, a, b);
        var before = await TableDump.ReadAsync(portal.Server);
        var test = await Tester.TestAsync(Actors.Viewer, new KeyQuestion(key, Device: a.Fingerprint, Address: "127.0.0.1"));
        Assert.Equal(before, await TableDump.ReadAsync(portal.Server));

        var asker = a with { Key = key };
        // The heartbeat first: a login changes what it is told.
        foreach (var path in new[] { "/api/heartbeat", "/api/main", "/api/validate-license" })
        {
            var told = Assert.Single(test.Answers, answer => answer.Path == path);
            if (path == "/api/main" && situation == "logged out") continue;
            var answer = await asker.AskAsync(path);
            Assert.Equal((answer.Status, answer.Get("message"), answer.Get("code")), (told.Status, told.Message, told.Code));
            Assert.NotEmpty(told.Why);
        }
    }

    [Fact]
    public async Task Where_a_session_is_bound_to_an_installation_it_says_so_of_a_heartbeat()
    {
        var (license, a, _) = await portal.CreateDevicesAsync();
        Assert.Equal(200, (await a.LogInAsync(("install", new string('a', 64)))).Status);
        var told = Assert.Single((await Tester.TestAsync(Actors.Viewer, new KeyQuestion(license.Key, Device: a.Fingerprint, Address: "127.0.0.1"))).Answers, answer => answer.Path == "/api/heartbeat");
        Assert.Equal((403, "login_required"), (told.Status, told.Code));
        Assert.Contains("bound to an installation", told.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_is_asked_about_by_its_number_with_a_device_that_nobody_has_seen()
    {
        var (license, a, _) = await portal.CreateDevicesAsync();
        Assert.All((await Tester.TestAsync(Actors.Viewer, new KeyQuestion(LicenseId: license.Id))).Answers, answer => Assert.True(answer.IsServed));
        await a.LogInAsync();
        Assert.All((await Tester.TestAsync(Actors.Viewer, new KeyQuestion(LicenseId: license.Id))).Answers, answer => Assert.Equal("session_conflict", answer.Code));
        Assert.Empty((await Tester.TestAsync(Actors.Viewer, new KeyQuestion(LicenseId: -1))).Answers);
    }

    [Theory]
    [InlineData("NewDevicesPerSeatAndDay", "too_many_devices", "as many new devices as it may have in a day")]
    [InlineData("SessionsPerSeatAndDay", "too_many_sessions", "as many sessions as it may begin in a day")]
    public async Task Over_a_days_limit_it_says_refused_and_until_when_and_asking_counts_nothing(string limit, string code, string why)
    {
        await using var server = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Limits:" + limit] = "2" });
        var license = await server.CreateLicenseAsync();
        var devices = Enumerable.Range(0, 3).Select(_ => new ClientDevice(server, license.Key, Machine.Create().Fingerprint)).ToList();
        var tester = server.Services.GetRequiredService<IKeyTester>();
        foreach (var device in devices.Take(2))
        {
            for (var asked = 0; asked < 3; asked++) Assert.All((await tester.TestAsync(Actors.Viewer, new KeyQuestion(license.Key))).Answers, answer => Assert.True(answer.IsServed));
            Assert.Equal(200, (await device.StartAsync()).Status);
            Assert.Equal(200, (await device.ReleaseAsync()).Status);
        }

        var test = await tester.TestAsync(Actors.Viewer, new KeyQuestion(license.Key, Device: devices[2].Fingerprint));
        foreach (var path in new[] { "/api/heartbeat", "/api/main", "/api/validate-license" })
        {
            var told = Assert.Single(test.Answers, answer => answer.Path == path);
            var answer = await devices[2].AskAsync(path);
            Assert.Equal((429, code, answer.Get("message")), (told.Status, told.Code, told.Message));
            Assert.Equal((429, code), (answer.Status, answer.Get("code")));
            Assert.Contains(why, told.Why, StringComparison.Ordinal);
            var over = server.Time.Now.UtcDateTime.AddSeconds(answer.RetryAfter!.Value);
            Assert.Contains(over.ToString("'until 'yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture), told.Why, StringComparison.Ordinal);
        }
    }

    private async Task ArrangeAsync(string situation, IssuedLicense license, ClientDevice a, ClientDevice b)
    {
        switch (situation)
        {
            case "held by another":
                await b.LogInAsync();
                break;
            case "own session":
                await a.LogInAsync();
                break;
            case "suspended":
                await portal.Server.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());
                break;
            case "cancelled":
                await portal.Server.ChangeLicenseAsync(license.Id, new LicenseChange.Cancel());
                break;
            case "expired":
                await portal.Server.ChangeLicenseAsync(license.Id, new LicenseChange.SetExpiry(portal.Server.Time.Now.UtcDateTime.AddDays(-1)));
                break;
            case "logged out" or "kept out":
                var session = Guid.Parse((await a.LogInAsync()).Get("session_id")!);
                await portal.Server.Services.GetRequiredService<ISessionService>().LogOutAsync(Actors.Support, [session], "why", situation == "kept out" ? Timeout.InfiniteTimeSpan : null);
                break;
        }
    }
}
