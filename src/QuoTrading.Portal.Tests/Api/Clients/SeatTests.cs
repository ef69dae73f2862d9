using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, What each request does: seats under a race, what shares one, keys as they are compared, and settings that change while devices are live.</summary>
public sealed class SeatTests(SeatTests.Unlimited shared) : IClassFixture<SeatTests.Unlimited>
{
    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("/api/main", 1)]
    [InlineData("/api/validate-license", 1)]
    [InlineData("/api/heartbeat", 1)]
    [InlineData("/api/validate-license", 5)]
    public async Task Of_64_devices_at_once_as_many_win_as_there_are_seats(string path, int seats)
    {
        var license = await Portal.CreateLicenseAsync(seats: seats);
        var devices = Enumerable.Range(0, 64).Select(_ => shared.Device(license.Key)).ToList();

        var answers = await Task.WhenAll(devices.Select(device => device.AskAsync(path)));

        Assert.Equal((seats, 64 - seats), (answers.Count(a => a.Status == 200), answers.Count(a => a.Status == 403)));
        Assert.Equal(seats, (await shared.HistoryAsync(license.Id)).Count);
    }

    [Fact]
    public async Task Twenty_requests_of_one_device_at_once_are_one_session()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? a.StartAsync() : a.BeatAsync()));

        Assert.Single(answers.Select(x => (x.Status, x.Get("session_id"))).Distinct());
        Assert.Single(await shared.HistoryAsync(license.Id));
    }

    [Fact]
    public async Task Bots_of_one_machine_that_trade_different_symbols_share_a_seat()
    {
        var (license, machine) = (await Portal.CreateLicenseAsync(), Machine.Create());
        var mes = Bot(license, machine, "MES");
        var mnq = Bot(license, machine, "MNQ");

        Assert.Equal((200, 200), ((await mes.StartAsync()).Status, (await mnq.StartAsync()).Status));
        Assert.Equal((200, 200), ((await mes.BeatAsync()).Status, (await mnq.BeatAsync()).Status));
        Assert.Equal(2, (await shared.HistoryAsync(license.Id)).Count);

        await mes.ReleaseAsync();

        Assert.Equal(200, (await mnq.BeatAsync()).Status);
        Assert.Equal(403, (await shared.Device(license.Key).StartAsync()).Status);
    }

    [Fact]
    public async Task The_same_symbol_twice_is_a_conflict()
    {
        var license = await Portal.CreateLicenseAsync();
        await Bot(license, Machine.Create(), "MES").StartAsync();

        Assert.Equal(403, (await Bot(license, Machine.Create(), "MES").StartAsync()).Status);
    }

    [Fact]
    public async Task A_launcher_that_names_no_symbol_may_check_beside_its_bots_but_not_log_in()
    {
        var (license, machine) = (await Portal.CreateLicenseAsync(), Machine.Create());
        await Bot(license, machine, "MES").StartAsync();
        var launcher = new ClientDevice(Portal, license.Key, machine.Fingerprint);

        Assert.Equal(200, (await launcher.CheckAsync()).Status);
        Assert.Equal(403, (await launcher.StartAsync()).Status);
    }

    [Fact]
    public async Task With_symbol_sessions_off_every_fingerprint_is_a_device_of_its_own()
    {
        var (license, machine) = (await Portal.CreateLicenseAsync(), Machine.Create());
        await ChangeAsync(new SessionSettingsChange(SymbolSessions: SymbolSessions.Off));
        try
        {
            await Bot(license, machine, "MES").StartAsync();

            Assert.Equal(403, (await Bot(license, machine, "MNQ").StartAsync()).Status);
            Assert.Equal(403, (await new ClientDevice(Portal, license.Key, machine.Fingerprint).CheckAsync()).Status);
        }
        finally
        {
            await ChangeAsync(new SessionSettingsChange(SymbolSessions: SymbolSessions.SameAddress));
        }
    }

    [Fact]
    public async Task Our_own_keys_are_trimmed_and_upper_cased()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();

        var conflict = await (b with { Key = $" \t{license.Key.ToLowerInvariant()}\n" }).StartAsync();

        Assert.Equal("session_conflict", conflict.Get("code"));
        Assert.Equal(200, (await (a with { Key = license.Key.ToLowerInvariant() }).BeatAsync()).Status);
    }

    [Fact]
    public async Task A_shorter_timeout_acts_on_sessions_that_are_live()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(70);
        await ChangeAsync(new SessionSettingsChange(SessionTimeoutSeconds: 60));
        try
        {
            Assert.Equal(EndReason.TimedOut, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
            Assert.Equal((200, "60"), await StartOf(b));
        }
        finally
        {
            await ChangeAsync(new SessionSettingsChange(SessionTimeoutSeconds: 90));
        }
    }

    [Fact]
    public async Task A_longer_timeout_acts_on_what_is_live_and_revives_nothing()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var other = await shared.CreateDevicesAsync();
        await a.StartAsync();
        await Portal.PassAsync(50);
        await other.A.StartAsync();
        await Portal.PassAsync(40);
        await ChangeAsync(new SessionSettingsChange(SessionTimeoutSeconds: 120));
        try
        {
            Assert.Equal(EndReason.TimedOut, Assert.Single(await shared.HistoryAsync(license.Id)).EndReason);
            Assert.Equal((200, "120"), await StartOf(b));
            await Portal.PassAsync(75);
            Assert.Equal(403, (await other.B.StartAsync()).Status);
        }
        finally
        {
            await ChangeAsync(new SessionSettingsChange(SessionTimeoutSeconds: 90));
        }
    }

    [Fact]
    public async Task Within_the_expiry_grace_a_session_with_an_open_position_goes_on_and_nobody_else_comes_in()
    {
        await ChangeAsync(new SessionSettingsChange(ExpiryGraceMinutes: 2));
        try
        {
            var (license, a, b) = await shared.CreateDevicesAsync(seats: 3, term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddSeconds(20)));
            var flat = shared.Device(license.Key);
            await a.BeatAsync(("metadata", new { current_position = 2 }));
            await flat.BeatAsync(("metadata", new { current_position = 0 }));
            await Portal.PassAsync(40);

            var beat = await a.BeatAsync();
            Assert.Equal((200, "0", 0.01), (beat.Status, beat.Get("days_until_expiration"), beat.Json["hours_until_expiration"]!.GetValue<double>()));
            Assert.Equal("license_expired", (await flat.BeatAsync()).Get("code"));
            Assert.Equal("license_expired", (await b.BeatAsync(("metadata", new { current_position = 2 }))).Get("code"));

            Assert.Equal(200, (await a.BeatAsync(("metadata", new { current_position = -1 }))).Status);
            Assert.Equal("license_expired", (await a.BeatAsync(("metadata", new { current_position = 0 }))).Get("code"));
        }
        finally
        {
            await ChangeAsync(new SessionSettingsChange(ExpiryGraceMinutes: 0));
        }
    }

    [Fact]
    public async Task The_expiry_grace_ends()
    {
        await ChangeAsync(new SessionSettingsChange(ExpiryGraceMinutes: 1));
        try
        {
            var (_, a, _) = await shared.CreateDevicesAsync(term: new LicenseTerm.Until(Portal.Time.Now.UtcDateTime.AddSeconds(20)));
            await a.BeatAsync(("metadata", new { current_position = 2 }));
            await Portal.PassAsync(79);
            Assert.Equal(200, (await a.BeatAsync()).Status);
            await Portal.PassAsync(2);

            Assert.Equal("license_expired", (await a.BeatAsync()).Get("code"));
        }
        finally
        {
            await ChangeAsync(new SessionSettingsChange(ExpiryGraceMinutes: 0));
        }
    }

    [Fact]
    public async Task A_key_made_at_the_command_line_while_the_server_runs_logs_in_at_once()
    {
        var unknown = await shared.Device("NOT-YET-MADE").StartAsync();
        Assert.Equal(401, unknown.Status);

        var (exitCode, output, error) = await PortalProcess.RunAsync(Portal.Folder, "license", "create", "--email", "cli@example.com");
        Assert.True(exitCode == 0, error);

        Assert.Equal(200, (await shared.Device(output.Trim()).StartAsync()).Status);
    }

    [Fact]
    public async Task A_key_of_the_old_system_is_compared_to_the_letter()
    {
        var file = Path.Combine(Portal.Folder, "old.csv");
        await File.WriteAllTextAsync(file, "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n7,old@example.com,OldKey0000000001,MONTHLY,active,,\n");
        var (exitCode, _, error) = await PortalProcess.RunAsync(Portal.Folder, "license", "import", file);
        Assert.True(exitCode == 0, error);

        Assert.Equal(200, (await shared.Device(" OldKey0000000001\t").StartAsync()).Status);
        Assert.Equal("unknown_key", (await shared.Device("OLDKEY0000000001").StartAsync()).Get("code"));
    }

    private ClientDevice Bot(IssuedLicense license, Machine machine, string symbol) => new(Portal, license.Key, machine.FingerprintFor(symbol), symbol);

    private static async Task<(int Status, string? Timeout)> StartOf(ClientDevice device)
    {
        var start = await device.StartAsync();
        return (start.Status, start.Get("session_timeout_seconds"));
    }

    private async Task ChangeAsync(SessionSettingsChange change) => Assert.Empty(await Portal.Service.ChangeSettingsAsync(PortalServer.Admin, change));

    /// <summary>A server on which a race does not end in the limit of requests.</summary>
    public sealed class Unlimited : SharedPortal
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Limits:LicenseBurst"] = "1000" };
    }
}
