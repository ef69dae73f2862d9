using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>
/// A unit that comes to nothing leaves the sessions as they were, in memory and in the store; and until it is over, nobody is
/// answered by what it may change.
/// </summary>
public sealed class RolledBackTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task A_change_of_a_license_that_comes_to_nothing_ends_no_session()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        var snapshot = (await shared.Server.Services.GetRequiredService<LicenseService>().FindAsync(license.Id))!.Snapshot;

        await Assert.ThrowsAsync<InvalidOperationException>(() => shared.Server.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            Assert.Equal(1, shared.Server.Services.GetRequiredService<ILicenseWatcher>().OnChanging(unit, snapshot, snapshot with { Status = LicenseStatus.Suspended }, PortalServer.Admin, "comes to nothing"));
            throw new InvalidOperationException("as a full disk would");
        }));

        Assert.Equal(403, (await b.StartAsync()).Status);
        var beat = await a.BeatAsync(("session_id", session!));
        Assert.Equal((200, session), (beat.Status, beat.Get("session_id")));
        Assert.Null(Assert.Single(await shared.HistoryAsync(license.Id)).EndedAt);
    }

    [Fact]
    public async Task A_license_whose_change_comes_to_nothing_is_remembered_as_it_was()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        var services = shared.Server.Services;
        var snapshot = (await services.GetRequiredService<LicenseService>().FindAsync(license.Id))!.Snapshot;

        await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            services.GetRequiredService<LicenseCache>().Follow(unit, snapshot, snapshot with { Seats = 2 });
            throw new InvalidOperationException("as a full disk would");
        }));

        Assert.Equal(403, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task While_a_unit_changes_a_license_its_heartbeats_wait_for_it()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.StartAsync();
        var registry = shared.Server.Registry;
        var snapshot = (await shared.Server.Services.GetRequiredService<LicenseService>().FindAsync(license.Id))!.Snapshot;
        var message = new ClientMessage(KeyHash.Of(license.Key), a.Fingerprint, "127.0.0.1");
        Task<Answer>? during = null;

        await shared.Server.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            var before = registry.HeartbeatAsync(message);
            // From memory, as long as nothing changes there: this is what must not happen below.
            Assert.True(before.IsCompletedSuccessfully);
            shared.Server.Services.GetRequiredService<ILicenseWatcher>().OnChanging(unit, snapshot, snapshot with { CustomerName = "Ada Lovelace" }, PortalServer.Admin, "nothing that ends a session");
            during = registry.HeartbeatAsync(message);
            Assert.False(during.IsCompleted);
            return Task.FromResult(true);
        });

        Assert.IsType<Outcome.Holds>((await during!).Outcome);
    }

    [Fact]
    public async Task A_login_beside_a_command_that_fails_is_told_the_session_that_is_stored()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var (other, b, _) = await shared.CreateDevicesAsync();
        var registry = shared.Server.Registry;
        Task<Answer>? good = null;
        Task<Answer>? bad = null;

        // While this unit runs, both wait, and so they are committed together; a device without a name breaks the commit.
        await shared.Server.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            good = registry.LogInAsync(new ClientMessage(KeyHash.Of(license.Key), a.Fingerprint, "127.0.0.1"));
            bad = registry.LogInAsync(new ClientMessage(KeyHash.Of(other.Key), null!, "127.0.0.1"));
            return Task.FromResult(true);
        });

        var told = Assert.IsType<Outcome.Holds>((await good!).Outcome).Session.SessionId;
        await Assert.ThrowsAnyAsync<Exception>(() => bad!);
        Assert.Equal(told, Assert.Single(await shared.HistoryAsync(license.Id)).SessionId);
        Assert.Empty(await shared.HistoryAsync(other.Id));
        Assert.Equal(200, (await b.StartAsync()).Status);
    }
}
