using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

public sealed class KeptOutDevicesTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private KeptOutDevices Reader => database.Get<KeptOutDevices>();

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading());

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_list_says_of_each_device_whose_license_it_was_and_has_the_latest_first()
    {
        var (ada, bert) = (await IssueAsync("ada@example.com"), await IssueAsync("bert@example.com"));
        await MarkAsync(Mark(ada.Id, "one", minutesAgo: 3), Mark(bert.Id, "two", minutesAgo: 2, until: Now.AddHours(1)), Mark(ada.Id, "three", minutesAgo: 1));

        var list = await Reader.AllAsync();

        Assert.False(list.HasMore);
        Assert.Equal(
            [("three", ada.Id, "ada@example.com"), ("two", bert.Id, "bert@example.com"), ("one", ada.Id, "ada@example.com")],
            list.Devices.Select(device => (device.Mark.Device, device.Mark.LicenseId, device.CustomerEmail)));
        Assert.Equal(LicenseKey.Mask(bert.Key), list.Devices[1].KeyMasked);
        Assert.Equal((Now.AddHours(1), "support@example.com", "shared"), (list.Devices[1].Mark.Until, list.Devices[1].Mark.SetBy, list.Devices[1].Mark.Reason));
    }

    [Fact]
    public async Task What_is_over_and_a_plain_logout_are_not_in_it()
    {
        var ada = await IssueAsync("ada@example.com");
        await MarkAsync(Mark(ada.Id, "over", until: Now), Mark(ada.Id, "logged-out") with { Kind = MarkKind.ForcedLogout }, Mark(ada.Id, "still", until: Now.AddSeconds(1)));
        Assert.Equal("still", Assert.Single((await Reader.AllAsync()).Devices).Mark.Device);

        database.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await Reader.AllAsync()).Devices);
    }

    [Fact]
    public async Task Beyond_the_most_it_says_that_there_are_more()
    {
        var ada = await IssueAsync("ada@example.com");
        await MarkAsync([.. Enumerable.Range(0, KeptOutDevices.Most).Select(number => Mark(ada.Id, $"device-{number}", minutesAgo: number))]);
        Assert.False((await Reader.AllAsync()).HasMore);

        await MarkAsync(Mark(ada.Id, "oldest", minutesAgo: 10_000));
        var list = await Reader.AllAsync();
        Assert.Equal((KeptOutDevices.Most, true), (list.Devices.Count, list.HasMore));
        Assert.DoesNotContain(list.Devices, device => device.Mark.Device == "oldest");
    }

    private async Task<IssuedLicense> IssueAsync(string email) =>
        Assert.IsType<IssueOutcome.Issued>(await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new(email, new LicenseTerm.Lifetime()))).Licenses[0];

    private DeviceMark Mark(long licenseId, string device, int minutesAgo = 0, DateTime? until = null) => new()
    {
        LicenseId = licenseId,
        Device = device,
        Kind = MarkKind.KeptOut,
        SetAt = Now.AddMinutes(-minutesAgo),
        SetBy = "support@example.com",
        Reason = "shared",
        Until = until,
    };

    private Task MarkAsync(params DeviceMark[] marks) => database.Writer.RunAsync(unit =>
    {
        unit.Db.DeviceMarks.AddRange(marks);
        return Task.CompletedTask;
    });
}
