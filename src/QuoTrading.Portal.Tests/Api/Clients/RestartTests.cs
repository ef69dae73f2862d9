using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>What clients are told by a server that was stopped and started again on its folder.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Sessions_marks_settings_and_the_chance_to_resume_outlive_a_restart()
    {
        var first = await PortalServer.StartAsync();
        var (live, lost, loggedOut, keptOut) = (await CreateAsync(first), await CreateAsync(first), await CreateAsync(first), await CreateAsync(first));
        var lostSession = (await lost.StartAsync()).Get("session_id");
        await first.PassAsync(91);
        var liveSession = (await live.StartAsync()).Get("session_id");
        await first.Service.LogOutAsync(PortalServer.Admin, [Id(await loggedOut.StartAsync())], "shared key");
        await first.Service.LogOutAsync(PortalServer.Admin, [Id(await keptOut.StartAsync())], "shared key", TimeSpan.FromHours(5));
        Assert.Empty(await first.Service.ChangeSettingsAsync(PortalServer.Admin, new SessionSettingsChange(SessionTimeoutSeconds: 100)));
        var folder = await first.StopAsync();
        first.Time.Advance(TimeSpan.FromHours(3));

        await using var second = await PortalServer.StartAsync(folder: folder, time: first.Time);

        Assert.Equal((403, "session_conflict"), Code(await (live with { Portal = second, Fingerprint = Machine.Create().Fingerprint }).StartAsync()));
        var beat = await (live with { Portal = second }).BeatAsync();
        Assert.Equal((200, liveSession, "100"), (beat.Status, beat.Get("session_id"), beat.Get("session_timeout_seconds")));
        Assert.Equal(lostSession, (await (lost with { Portal = second }).BeatAsync()).Get("session_id"));
        Assert.Equal((403, "forced_logout"), Code(await (loggedOut with { Portal = second }).BeatAsync()));
        Assert.Equal((403, "kept_out"), Code(await (keptOut with { Portal = second }).StartAsync()));
    }

    [Fact]
    public async Task A_stream_that_the_server_closes_when_it_stops_costs_nobody_his_session()
    {
        var portal = await PortalServer.StartAsync();
        Assert.Empty(await portal.Service.ChangeSettingsAsync(PortalServer.Admin, new SessionSettingsChange(DisconnectGraceSeconds: 0)));
        var license = await portal.CreateLicenseAsync();
        var device = Device(portal, license.Key);
        var session = (await device.StartAsync()).Get("session_id");
        await using var stream = await StreamClient.OpenAsync(device);
        await using var second = await PortalServer.StartAsync(folder: await portal.StopAsync(), time: portal.Time);
        Assert.Equal(session, (await (device with { Portal = second }).BeatAsync(("session_id", session))).Get("session_id"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_was_moved_to_another_seat_does_not_resume_past_its_next_holder(bool restarts)
    {
        var portal = await PortalServer.StartAsync();
        var license = await portal.CreateLicenseAsync(seats: 2);
        var (a, b, c) = (Device(portal, license.Key), Device(portal, license.Key), Device(portal, license.Key));
        await a.StartAsync();
        await portal.PassAsync(1);
        var moved = (await b.StartAsync()).Get("session_id");
        await a.ReleaseAsync();
        await portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(1));
        await portal.PassAsync(91);
        await c.StartAsync();
        if (restarts) portal = await PortalServer.StartAsync(folder: await portal.StopAsync(), time: portal.Time);

        Assert.Equal(200, (await (c with { Portal = portal }).ReleaseAsync()).Status);
        var beat = await (b with { Portal = portal }).BeatAsync();

        Assert.Equal(200, beat.Status);
        Assert.NotEqual(moved, beat.Get("session_id"));
        await portal.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_resumes_a_seat_that_another_was_moved_to(bool restarts)
    {
        var portal = await PortalServer.StartAsync();
        var license = await portal.CreateLicenseAsync(seats: 2);
        var (a, b) = (Device(portal, license.Key), Device(portal, license.Key));
        var first = (await a.StartAsync()).Get("session_id");
        await portal.PassAsync(60);
        await b.StartAsync();
        await portal.PassAsync(31);
        await portal.ChangeLicenseAsync(license.Id, new LicenseChange.SetSeats(1));
        if (restarts) portal = await PortalServer.StartAsync(folder: await portal.StopAsync(), time: portal.Time);

        Assert.Equal("success", (await (b with { Portal = portal }).ReleaseAsync()).Get("status"));
        var beat = await (a with { Portal = portal }).BeatAsync();

        Assert.Equal(200, beat.Status);
        Assert.NotEqual(first, beat.Get("session_id"));
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_is_stopped_writes_nothing_more_into_its_folder()
    {
        var portal = await PortalServer.StartAsync();
        await (await CreateAsync(portal)).StartAsync();

        await portal.DisposeAsync();

        Assert.False(Directory.Exists(portal.Folder));
    }

    private static async Task<ClientDevice> CreateAsync(PortalServer portal) => Device(portal, await portal.CreateKeyAsync());

    private static ClientDevice Device(PortalServer portal, string key) => new(portal, key, Machine.Create().Fingerprint);

    private static Guid Id(Answered answer) => Guid.Parse(answer.Get("session_id")!);

    private static (int Status, string? Code) Code(Answered answer) => (answer.Status, answer.Get("code"));
}
