using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions;

/// <summary>A unit that comes to nothing leaves the sessions as they were, in memory and in the store.</summary>
public sealed class RolledBackTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task A_change_of_a_license_that_comes_to_nothing_ends_no_session()
    {
        var (license, a, b) = await shared.CreateDevicesAsync();
        var session = (await a.StartAsync()).Get("session_id");
        var facts = (await shared.Server.Services.GetRequiredService<LicenseDesk>().FindAsync(license.Id))!.Facts;

        await Assert.ThrowsAsync<InvalidOperationException>(() => shared.Server.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            Assert.Equal(1, shared.Server.Registry.OnChanging(unit, facts, facts with { Status = LicenseStatus.Suspended }, PortalServer.Admin, "comes to nothing"));
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
        var facts = (await services.GetRequiredService<LicenseDesk>().FindAsync(license.Id))!.Facts;

        await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            services.GetRequiredService<LicenseDirectory>().Follow(unit, facts, facts with { Seats = 2 });
            throw new InvalidOperationException("as a full disk would");
        }));

        Assert.Equal(403, (await b.StartAsync()).Status);
    }
}
